//! Models that somebody else made.

use faqbot::semantic::table::Table;
use faqbot::semantic::transformer::Transformer;

use super::{Once, damaged, files, next, with_damage};
use crate::tiny_model;

/// A model is refused, or gives vectors that can be compared.
pub(super) fn model(mut bytes: &[u8]) {
    static SOUND: Once<Vec<(String, Vec<u8>)>> = Once::new();
    if next(&mut bytes).is_multiple_of(4) {
        let row = |text: &str, x| (text.to_owned(), vec![x, 1.0, -0.5]);
        let sound = Table::encode(vec![row("open", 1.0), row("##ing", 0.5), row("o", 2.0)]);
        let wrong = damaged(&sound, bytes);
        if let Ok(table) = Table::open(&wrong) {
            can_be_compared(&table.embed("opening of o"), table.dimensions());
        }
        return;
    }
    let sound = SOUND.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        tiny_model::write(folder.path());
        files(folder.path())
    });
    let (folder, _) = with_damage(sound, bytes);
    let Ok(model) = Transformer::open(folder.path()) else { return };
    let Ok(vectors) = model.embed(&["When do you open?", "", "öö 退货"]) else { return };
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        can_be_compared(&vector, model.dimensions());
    }
}

fn can_be_compared(vector: &[f32], dimensions: usize) {
    assert_eq!(vector.len(), dimensions);
    assert!(vector.iter().all(|x| x.is_finite()), "{vector:?}");
}
