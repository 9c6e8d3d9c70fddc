import Foundation

/// plotly.js as it lies on this machine: nothing of it is part of this repository, all of it becomes
/// part of every report.
public struct PlotlyLibrary: Sendable {
    /// Where it was found.
    public let path: String
    /// Its JavaScript.
    public let source: String

    /// The variable that names the file and goes before every place that is searched.
    public static let variable = "NEUROSTITCH_PLOTLY_JS"

    /// Reads the first one that is there: what the variable names, that of Python's package, Debian's.
    ///
    /// - Throws: `ReportError.noPlotly`, `.unreadablePlotly`
    public init() throws {
        try self.init(environment: ProcessInfo.processInfo.environment, root: "/usr")
    }

    /// - Parameter root: where the system's packages lie.
    init(environment: [String: String], root: String) throws {
        if let named = environment[Self.variable], !named.isEmpty {
            try self.init(path: named)
            return
        }
        let places = Self.places(environment, root)
        let found = places.lazy.flatMap(Self.files).first { FileManager.default.fileExists(atPath: $0) }
        guard let found else {
            throw ReportError.noPlotly(looked: ["\(Self.variable)"] + places.map(\.description))
        }
        try self.init(path: found)
    }

    init(path: String) throws {
        self.path = path
        do {
            source = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ReportError.unreadablePlotly(path: path, reason: error.localizedDescription)
        }
        guard source.contains("newPlot") else {
            throw ReportError.unreadablePlotly(path: path, reason: "it is no plotly.js")
        }
    }

    /// As its first comment says, e.g. `2.6.3`.
    public var version: String {
        source.prefix(400).firstMatch(of: /plotly\.js v([0-9.]+)/).map { String($0.1) } ?? "unknown"
    }

    /// The text between two script tags: neither the end of a script nor the beginning of a comment
    /// may stand in it, and both can only stand in its strings, where a backslash changes nothing.
    var inlined: String {
        source.replacingOccurrences(of: "</script", with: "<\\/script", options: .caseInsensitive)
            .replacingOccurrences(of: "<!--", with: "<\\!--")
    }

    // MARK: Places

    /// `folder/lib/pattern…/tail`, where `lib` holds a folder for every version of Python.
    private struct Place: CustomStringConvertible {
        let folder: String
        let tail: String?
        var description: String { tail.map { "\(folder)/python3*/\($0)" } ?? folder }
    }

    private static func places(_ environment: [String: String], _ root: String) -> [Place] {
        let file = "plotly/package_data/plotly.min.js"
        var folders: [(String, [String])] = []
        if let virtual = environment["VIRTUAL_ENV"] { folders.append(("\(virtual)/lib", ["site"])) }
        if let home = environment["HOME"] { folders.append(("\(home)/.local/lib", ["site"])) }
        folders += [("\(root)/local/lib", ["dist", "site"]), ("\(root)/lib", ["dist", "site"])]
        return folders.flatMap { folder, kinds in
            kinds.map { Place(folder: folder, tail: "\($0)-packages/\(file)") }
        } + [Place(folder: "\(root)/share/python3-plotly/plotly.js", tail: nil)]
    }

    private static func files(_ place: Place) -> [String] {
        guard let tail = place.tail else { return [place.folder] }
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: place.folder)) ?? []
        return versions.filter { $0.hasPrefix("python3") }.sorted().reversed()
            .map { "\(place.folder)/\($0)/\(tail)" }
    }
}
