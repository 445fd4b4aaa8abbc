//! Draws bars of block characters, to an eighth of a column.

/// Blocks for one to seven eighths of a column.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// Draws a bar of length `part / whole`, where `columns` is the full length. Less than half an eighth of a column draws
/// nothing.
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
    fn bar_length_is_the_share() {
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
