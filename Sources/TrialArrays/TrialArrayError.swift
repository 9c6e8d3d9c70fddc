import Foundation
public import Messages

/// What can keep arrays from being stored.
public enum TrialArrayError: ReportedError, Equatable {
    /// There is no room for the file that holds what memory is too small for.
    case noRoom(folder: String, bytes: Int, code: Int32)

    public var category: ErrorCategory { .inputOutput }

    public var description: String {
        switch self {
        case .noRoom(let folder, let bytes, let code):
            "The recordings need more memory than there is, and a file of \(bytes >> 20) MiB for them can't be made in "
                + "\(folder): \(String(cString: strerror(code))). Make room there, or take fewer sessions."
        }
    }
}
