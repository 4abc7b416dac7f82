//! Kind words to what is no question.

use crate::faces::wording::Tongue;

/// What they answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Courtesy {
    /// Thanks.
    Welcome,
    /// A greeting.
    Hello,
    /// A goodbye.
    Goodbye,
    /// A yes where nothing was asked.
    Fine,
    /// A yes where several were offered.
    Which,
    /// A no.
    Otherwise,
    /// A pick where nothing is offered.
    NothingOffered,
    /// A pick of a place that the list does not have.
    NotInList,
}

impl Tongue {
    /// The words to one of them.
    pub fn courtesy(self, to: Courtesy) -> &'static str {
        let texts = &self.texts().courtesies;
        match to {
            Courtesy::Welcome => texts.welcome,
            Courtesy::Hello => texts.hello,
            Courtesy::Goodbye => texts.goodbye,
            Courtesy::Fine => texts.fine,
            Courtesy::Which => texts.which,
            Courtesy::Otherwise => texts.otherwise,
            Courtesy::NothingOffered => texts.nothing_offered,
            Courtesy::NotInList => texts.not_in_list,
        }
    }
}
