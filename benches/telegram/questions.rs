//! Questions of the sample corpus, each with words that only its own answer has.

/// A question, and what tells its answer from all others.
pub(crate) const KNOWN: [(&str, &str); 20] = [
    ("Is the library open on Sundays?", "every Sunday from 1 pm to 5 pm"),
    ("How many books can I borrow at once?", "up to 20 items on loan"),
    ("Does the library have free Wi-Fi?", "the Wi-Fi is free in the whole building"),
    ("How do I reset my password?", "Choose Forgot password on the login page"),
    ("How do I change my email address?", "enter the new address and confirm"),
    ("How do I delete my account?", "choose Delete account at the bottom"),
    ("Why is my account locked?", "Five wrong passwords in a row"),
    ("How do I return an item?", "choose Return and print the label"),
    ("When will I get my money back?", "The refund is paid within five working days"),
    ("How much does shipping cost?", "Standard shipping costs"),
    ("Can I cancel my order?", "You can cancel free of charge"),
    ("How much is the annual pass?", "The annual pass costs €72"),
    ("Do electric bikes cost extra?", "electric bikes cost nothing extra in 2026"),
    ("What happens if I do not return a bike?", "Cyclonda locks your account and charges €150"),
    ("When will my home get fibre?", "Upper Harrow and Quarry End are due"),
    ("How fast is the internet connection?", "between 200 and 900 megabits"),
    ("Can I keep my phone number?", "your number can be moved to the fibre line"),
    ("How much money did Tangvik Packaging raise?", "Tangvik Packaging raised €18.5 million, of"),
    ("Who is the chief executive of Tangvik Packaging?", "The chief executive is Ingrid Maune"),
    ("What is Vidu?", "AI video platform, which makes clips"),
];

/// The question that a message answers; `None` where it is no such answer.
pub(crate) fn answered(text: &str) -> Option<usize> {
    KNOWN.iter().position(|(_, words)| text.contains(words))
}
