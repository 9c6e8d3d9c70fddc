import Foundation

/// HTML that is made of names and numbers from outside.
enum HTML {
    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;")
            .replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
            .replacingOccurrences(of: "\"", with: "&quot;").replacingOccurrences(of: "'", with: "&#39;")
    }

    /// JSON between two script tags: `<` occurs only inside its strings, where it may be written so.
    static func embedded(json: String) -> String {
        json.replacingOccurrences(of: "<", with: "\\u003c")
    }

    static func number(_ value: Double?, _ digits: Int = 3) -> String {
        guard let value, value.isFinite else { return "–" }
        return String(format: "%.\(digits)f", value).replacingOccurrences(of: "-", with: "−")
    }

    /// Big numbers: a value and what it is of.
    static func tiles(_ tiles: [(value: String, label: String)]) -> String {
        "<div class=\"tiles\">"
            + tiles.map {
                "<div class=\"tile\"><b>\(escaped($0.value))</b><span>\(escaped($0.label))</span></div>"
            }.joined() + "</div>"
    }

    static func paragraph(_ text: String, _ kind: String = "") -> String {
        "<p\(kind.isEmpty ? "" : " class=\"\(kind)\"")>\(escaped(text))</p>"
    }

    /// Keys and values, two columns.
    static func definitions(_ entries: [(key: String, value: String)]) -> String {
        "<dl>"
            + entries.map { "<dt>\(escaped($0.key))</dt><dd>\(escaped($0.value))</dd>" }.joined()
            + "</dl>"
    }

    /// A cell that is text, a number, or HTML of our own.
    enum Cell {
        case text(String)
        case number(String)
        case html(String)

        fileprivate var html: String {
            switch self {
            case .text(let text): "<td>\(HTML.escaped(text))</td>"
            case .number(let text): "<td class=\"number\">\(HTML.escaped(text))</td>"
            case .html(let html): "<td>\(html)</td>"
            }
        }
    }

    /// Wide tables scroll in a box of their own.
    static func table(_ header: [String], _ rows: [[Cell]]) -> String {
        let isNumeric = header.indices.map { column -> Bool in
            guard let row = rows.first, column < row.count else { return false }
            if case .number = row[column] { return true }
            return false
        }
        let head = zip(header, isNumeric).map {
            "<th\($1 ? " class=\"number\"" : "")>\(escaped($0))</th>"
        }.joined()
        return "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead><tbody>"
            + rows.map { "<tr>\($0.map(\.html).joined())</tr>" }.joined(separator: "\n")
            + "</tbody></table></div>"
    }
}
