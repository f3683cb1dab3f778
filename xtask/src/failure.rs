//! How a command ends when it does not end well.

/// The two ways to fail, which are two exit codes.
#[derive(Debug)]
pub enum Failure {
    /// The command line makes no sense: exit code 2.
    Usage(String),
    /// The chore was done and found something, or could not be done: exit code 1.
    Failed(String),
}

impl Failure {
    /// What went wrong.
    pub fn message(self) -> String {
        match self {
            Failure::Usage(message) | Failure::Failed(message) => message,
        }
    }
}

/// What every chore returns.
pub type Result<T> = std::result::Result<T, Failure>;

/// Shorthand for the common kind.
pub fn failed<T>(message: impl Into<String>) -> Result<T> {
    Err(Failure::Failed(message.into()))
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Failure {
        Failure::Usage(error.to_string())
    }
}

/// Adds "what was being done to which file" to an error of the system.
pub trait Context<T> {
    /// `what` completes the sentence "cannot ...".
    fn context(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: std::fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Failure::Failed(format!("cannot {}: {error}", what())))
    }
}
