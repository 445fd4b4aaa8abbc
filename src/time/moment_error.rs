//! Why a text is not a time.

/// Why a text is not a [`Moment`](crate::Moment) or a [`Date`](crate::Date).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MomentError {
    /// The text has none of the supported forms.
    Shape,
    /// The form is right, but there is no such date, or no such time on that day.
    Nonexistent,
    /// The form is used with the day first and with the month first: `04/05/2022`.
    Ambiguous,
    /// The length of time reaches back beyond the calendar.
    TooLong,
    /// The moment is not a whole period: it is a length of time, or an instant.
    NoDate,
    /// "Now" itself counts from now.
    Relative,
}

impl std::fmt::Display for MomentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            MomentError::Shape => {
                "expected a time such as 2022-04-05, 2022-04-05T03:45 or 05/Apr/2022:03:45:05, or a time relative to \
                 now such as 90m, 2 days ago, yesterday 10:00 or last week"
            }
            MomentError::Ambiguous => "month and day could be swapped: write the year first, as in 2022-04-05",
            MomentError::Nonexistent => "this date or time does not exist",
            MomentError::TooLong => "that is too long ago",
            MomentError::NoDate => "expected a whole year, month, week, day, hour, minute or second",
            MomentError::Relative => "the reference time cannot be relative",
        })
    }
}

impl std::error::Error for MomentError {}
