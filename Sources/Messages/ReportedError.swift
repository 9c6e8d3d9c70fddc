/// An error that somebody is told about: its description says what is wrong, where, what was found, what
/// was expected, and what to do, in words that hold in a program as well as at a terminal.
///
/// Options of the command line are not named in it: the command line adds them.
public protocol ReportedError: Error, CustomStringConvertible {
    /// What kind of trouble it is, for whoever reacts without reading; the command line makes its exit
    /// code of it.
    var category: ErrorCategory { get }
}

/// Kinds of trouble, after `sysexits.h`.
public enum ErrorCategory: String, Sendable, Codable, CaseIterable {
    /// What was asked for can't be: a name, a number or a combination that does not exist.
    case usage
    /// Data or a file whose content is not what it should be.
    case badData
    /// Something that should be read is not there.
    case missingInput
    /// A program or a library that is needed is not there.
    case unavailable
    /// A calculation that has no result; nothing that was given is wrong by itself.
    case noResult
    /// A file or a folder that can't be written.
    case cannotCreate
    /// The disk, or the database on it, failed.
    case inputOutput
    /// Trying again later may help.
    case temporary
    /// A setting that can't be, or doesn't go with others.
    case badConfiguration
    /// Stopped on request before anything was made.
    case interrupted
}
