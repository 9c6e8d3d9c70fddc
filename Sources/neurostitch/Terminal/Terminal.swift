import ArrayFiles
// Of what it re-exports, `stdout` is a variable.
@preconcurrency import Foundation
import Messages
import Synchronization

/// Plain output for pipes, a line that is rewritten for people.
enum Terminal {
    static let isInteractive = isatty(STDERR_FILENO) == 1

    static func printError(_ text: String) { writeError(text + "\n") }

    /// What was printed before leaves first, also into a pipe, where standard output is held back. Where nobody listens any
    /// more (the terminal of a job is gone, the disk of a log is full), the work goes on without its audience.
    private static func writeError(_ text: String) {
        if fflush(nil) != 0 { noteLoss(errno) }
        _ = write(text, to: STDERR_FILENO)
    }

    /// Writes to standard output without holding anything back.
    /// - Throws: `LostOutput`
    static func writeAtOnce(_ text: String) throws(LostOutput) {
        guard write(text, to: STDOUT_FILENO) else {
            throw LostOutput(reason: String(cString: strerror(errno)))
        }
    }

    /// - Returns: whether all of it arrived; `errno` says why not.
    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        Array(text.utf8).withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Foundation.write(
                    descriptor, bytes.baseAddress.map { $0 + rest.startIndex }, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return false }
                rest = rest.dropFirst(written)
            }
            return true
        }
    }

    /// Sends out what standard output still holds back.
    /// - Throws: `LostOutput` if any of what was printed didn't arrive.
    static func finishOutput() throws(LostOutput) {
        if fflush(stdout) != 0 { noteLoss(errno) }
        guard ferror(stdout) != 0 else { return }
        throw LostOutput(reason: firstLoss.withLock { $0 }.map { String(cString: strerror($0)) })
    }

    /// Why output was lost first, where that is known.
    private static let firstLoss = Mutex<Int32?>(nil)

    private static func noteLoss(_ number: Int32) { firstLoss.withLock { $0 = $0 ?? number } }

    /// A progress line: rewritten in place on a terminal, otherwise printed when `isMilestone`.
    static func progress(_ text: String, isMilestone: Bool) {
        if isInteractive {
            writeError("\r\u{1B}[K\(text)")
        } else if isMilestone {
            printError(text)
        }
    }

    /// Leaves the progress line, where there is one.
    static func endProgress() {
        if isInteractive { writeError("\n") }
    }

    /// Columns padded to their widest cell; numbers to the right.
    static func table(_ header: [String], _ rows: [[String]]) -> String {
        let rows = rows.map { $0.map(visible) }
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let isNumeric = header.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { Double($0[column]) != nil || $0[column] == "–" }
        }
        return all.map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return isNumeric[column] ? padding + row[column] : row[column] + padding
            }.joined(separator: "  ").replacingOccurrences(
                of: " +$", with: "", options: .regularExpression)
        }.joined(separator: "\n")
    }

    /// Text of a file in one line and without what a terminal obeys: control characters by their numbers.
    static func visible(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            scalar.isControl
                ? "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}" : String(scalar)
        }.joined()
    }

    /// A message with its middle left out if it is very long: names in files may have megabytes.
    static func shortened(_ text: String) -> String {
        let (most, end) = (4000, 1000)
        guard text.utf8.count > most, text.count > most else { return text }
        let left = text.count - most
        return "\(text.prefix(most - end))… (\(left) characters left out) …\(text.suffix(end))"
    }

    static func duration(_ seconds: Double) -> String {
        guard seconds < 1e9 else { return "years" }
        if seconds < 1 { return "\(Int(seconds * 1000)) ms" }
        if seconds < 100 { return String(format: "%.1f s", seconds) }
        return String(format: "%d min %02d s", Int(seconds) / 60, Int(seconds) % 60)
    }

    static func number(_ value: Double?, _ digits: Int = 3) -> String {
        guard let value, value.isFinite else { return "–" }
        return String(format: "%.\(digits)f", value)
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// Of what a command printed something is lost: the disk is full, or whoever read it is gone.
struct LostOutput: ReportedError {
    /// The system's word; `nil` where it came too early to be known.
    let reason: String?

    var category: ErrorCategory { .inputOutput }

    var description: String {
        "the standard output can't be written" + (reason.map { ": \($0)" } ?? "")
            + "; what was printed is incomplete, while files and the registry are as the command left them. Make room, or "
            + "direct the output elsewhere, and ask again"
    }
}
