import Foundation
import TestSupport
import Testing

@testable import Recordings

/// A day of small files, read with a source that was changed.
func read(
    _ file: SmallNWB, _ change: (inout RecordingSource) -> Void = { _ in }
) throws -> Recording {
    var day: Recording?
    try withTemporaryFolder { folder in
        var source = try file.source(in: folder)
        change(&source)
        day = try Recording.read(source)
    }
    return try #require(day)
}

/// What is thrown of a source that was changed, without the path in front.
func refusal(of right: RecordingSource, _ change: (inout RecordingSource) -> Void) -> String {
    var source = right
    change(&source)
    return words { _ = try Recording.read(source) }.replacingOccurrences(of: source.path, with: "FILE")
}
