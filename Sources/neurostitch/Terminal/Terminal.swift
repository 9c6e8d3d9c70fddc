import ArrayFiles
import Foundation
import Messages

/// Plain output for pipes, a line that is rewritten for people.
enum Terminal {
    static let isInteractive = isatty(STDERR_FILENO) == 1

    static func printError(_ text: String) { writeError(text + "\n") }

    /// What was printed before leaves first, also into a pipe, where standard output is held back. Where nobody listens any
    /// more (the terminal of a job is gone, the disk of a log is full), the work goes on without its audience.
    private static func writeError(_ text: String) {
        fflush(nil)
        Array(text.utf8).withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = write(STDERR_FILENO, bytes.baseAddress.map { $0 + rest.startIndex }, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }

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
