import Foundation

/// Chromium without a window: opens a page from the disk and gives back what it became.
struct HeadlessBrowser: Sendable {
    static let variable = "NEUROSTITCH_CHROMIUM"
    static let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

    let path: String

    /// - Throws: `ReportError.noBrowser`
    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let manager = FileManager.default
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let named = environment[Self.variable].map { [$0] } ?? []
        let places = named + folders.flatMap { folder in Self.names.map { "\(folder)/\($0)" } }
        guard let found = places.first(where: manager.isExecutableFile) else {
            throw ReportError.noBrowser(looked: [Self.variable] + Self.names)
        }
        path = found
    }

    struct Outcome {
        /// The page's HTML after its scripts ran.
        let document: String
        /// What the browser and the page's console said.
        let messages: String
    }

    /// - Parameters:
    ///   - page: file. - width, height: of the window, pixels.
    ///   - more: further options of the program; without one of its own it gives back the document.
    /// - Throws: `ReportError.browserFailed`
    func open(
        _ page: String, width: Int = 1280, height: Int = 900, seconds: Double = 120,
        _ more: [String] = ["--dump-dom"]
    ) throws -> Outcome {
        let manager = FileManager.default
        let scratch = manager.temporaryDirectory.appendingPathComponent("browser-\(UUID().uuidString)")
        try manager.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? manager.removeItem(at: scratch) }
        let files = ["out", "err"].map { scratch.appendingPathComponent($0) }
        for file in files { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments =
            [
                "--headless", "--no-sandbox", "--no-first-run", "--disable-extensions",
                "--disable-background-networking", "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader", "--enable-logging=stderr", "--v=0",
                "--virtual-time-budget=60000", "--window-size=\(width),\(height)",
                "--user-data-dir=\(scratch.appendingPathComponent("profile").path)",
            ] + more + [URL(fileURLWithPath: page).absoluteString]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        do {
            try process.run()
        } catch {
            throw ReportError.browserFailed(path: path, reason: error.localizedDescription)
        }
        let deadline = Date().addingTimeInterval(seconds)
        while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.05) }
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
            throw ReportError.browserFailed(
                path: path, reason: "it was not ready after \(Int(seconds)) seconds")
        }
        let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        guard process.terminationStatus == 0 else {
            throw ReportError.browserFailed(
                path: path, reason: "it ended with status \(process.terminationStatus)")
        }
        return Outcome(document: texts[0], messages: texts[1])
    }
}
