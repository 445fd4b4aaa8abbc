//! Bars of block characters, to an eighth of a column.

/// What one to seven eighths of a column look like.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A bar as long as `part` is of `whole`, where `columns` are the whole; nothing for less than half an eighth.
pub(super) fn draw(part: u64, whole: u64, columns: usize, out: &mut String) {
    if whole == 0 {
        return;
    }
    let whole_eighths = columns as u128 * 8;
    let eighths = (u128::from(part.min(whole)) * whole_eighths + u128::from(whole) / 2) / u128::from(whole);
    let eighths = eighths as usize;
    out.extend(std::iter::repeat_n('█', eighths / 8));
    out.extend(EIGHTHS.iter().copied().nth((eighths % 8).wrapping_sub(1)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share() {
        let rows = [
            (0, 8, ""),
            (8, 8, "████"),
            (4, 8, "██"),
            (1, 8, "▌"),
            (7, 8, "███▌"),
            (1, 65, ""),
            (1, 64, "▏"),
            (u64::MAX, u64::MAX, "████"),
            (0, 0, ""),
        ];
        for (part, whole, expected) in rows {
            let mut bar = String::new();
            draw(part, whole, 4, &mut bar);
            assert_eq!(bar, expected, "{part} of {whole}");
        }
    }
}
