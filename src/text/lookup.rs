//! A sorted table of lines, searched without reading all of it.

use memchr::{memchr, memrchr};

/// What stands behind `key` and a tab in a table of lines sorted by their keys, byte by byte.
pub fn line<'a>(table: &'a [u8], key: &str) -> Option<&'a str> {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = memrchr(b'\n', &table[..middle]).map_or(0, |n| n + 1);
        let end = memchr(b'\n', &table[middle..]).map_or(table.len(), |n| middle + n);
        let line = &table[start..end];
        let tab = memchr(b'\t', line)?;
        match line[..tab].cmp(key.as_bytes()) {
            std::cmp::Ordering::Equal => return std::str::from_utf8(&line[tab + 1..]).ok(),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::line;

    #[test]
    fn what_is_no_table_has_no_lines() {
        for table in ["", "\n", "a", "a\nb", "\t"] {
            assert_eq!(line(table.as_bytes(), "a"), None, "{table:?}");
        }
        assert_eq!(line(b"\tempty", ""), Some("empty"));
        assert_eq!(line(b"a\t\xff", "a"), None);
    }

    proptest! {
        #[test]
        fn every_line_is_found_and_no_other(
            lines in prop::collection::btree_map("[a-zä ]{0,5}", "[a-zä]{0,5}", 0..20),
            other in "[a-zä ]{0,5}",
        ) {
            let table: Vec<String> =
                lines.iter().map(|(key, rest)| format!("{key}\t{rest}")).collect();
            let table = table.join("\n");
            let found = |key: &str| line(table.as_bytes(), key).map(str::to_owned);
            for (key, rest) in &lines {
                assert_eq!(found(key).as_ref(), Some(rest));
            }
            assert_eq!(found(&other), lines.get(&other).cloned());
        }

        #[test]
        fn any_table_is_survived(table in prop::collection::vec(any::<u8>(), 0..99), key in ".{0,3}") {
            let _ = line(&table, &key);
        }
    }
}
