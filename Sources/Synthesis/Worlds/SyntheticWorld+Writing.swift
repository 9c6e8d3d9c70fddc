import ArrayFiles
import Foundation
public import Recordings

/// What `SyntheticWorld.write` has put into a folder.
public struct SyntheticFiles: Sendable, Equatable {
    /// The files of one day.
    public struct Day: Sendable, Equatable {
        /// Name of the session.
        public let session: String
        /// `YYYY-MM-DD`
        public let date: String
        /// Units of the recording.
        public let units: Int
        /// Trials of the recording.
        public let trials: Int
        /// Path of the recording.
        public let recording: String
        /// Path of the manifest that registers it.
        public let manifest: String
    }
    /// In the order of their dates.
    public let days: [Day]
    /// Path of the manifest that stitches all days.
    public let stitchManifest: String
}

/// The former name of `SyntheticFiles`.
@available(*, deprecated, renamed: "SyntheticFiles")
public typealias LorenzFiles = SyntheticFiles

extension SyntheticWorld {
    /// Writes every day's `SESSION.h5` into `folder`, and into `manifests` (the same folder if it isn't
    /// named) the manifest `SESSION.yaml` that registers it and `SUBJECT.stitch.yaml` for all of them.
    /// Folders are made if they aren't there, files of these names are replaced. One day at a time is
    /// held in memory.
    ///
    /// - Parameters:
    ///   - folder: where recordings are written.
    ///   - manifests: where manifests are written; `nil`: beside the recordings.
    ///   - format: the layout of the recordings.
    ///   - report: called after each day.
    /// - Throws: `SynthesisError.cannotCreate`, `RecordingError`, `ArrayFileError.cannotWrite`
    @discardableResult
    public func write(
        to folder: String, manifests: String? = nil,
        format: RecordingFile.Export = .binnedHDF5,
        report: (SyntheticFiles.Day) -> Void = { _ in }
    ) throws -> SyntheticFiles {
        for path in [folder, manifests ?? folder] {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
            } catch {
                throw SynthesisError.cannotCreate(folder: path, reason: error.localizedDescription)
            }
        }
        let base = FolderWay.asPrefix(folder)
        let manifestBase = FolderWay.asPrefix(manifests ?? folder)
        let way = manifests.map { FolderWay.relative(from: $0, to: folder) } ?? ""
        var days: [SyntheticFiles.Day] = []
        for index in 0..<sessionCount {
            let recording = try recording(day: index)
            let day = SyntheticFiles.Day(
                session: recording.session, date: recording.date, units: recording.units.count,
                trials: recording.trialCount, recording: "\(base)\(recording.session).h5",
                manifest: "\(manifestBase)\(recording.session).yaml")
            try RecordingFile.write(recording, as: format, to: day.recording)
            try AtomicFile.write(Array(manifest(of: recording, format, way: way).utf8), to: day.manifest)
            days.append(day)
            report(day)
        }
        let stitchManifest = "\(manifestBase)\(sessionPrefix).stitch.yaml"
        try AtomicFile.write(
            Array(self.stitchManifest(sessions: days.map(\.session)).utf8), to: stitchManifest)
        return SyntheticFiles(days: days, stitchManifest: stitchManifest)
    }

    /// The text of a day's manifest.
    ///
    /// - Parameter way: from the manifest's folder to the recording's.
    func manifest(
        of recording: Recording, _ format: RecordingFile.Export, way: String = ""
    ) -> String {
        let remarks = remarks(on: recording).map { "# \($0)\n" }.joined()
        return """
            # A synthetic day; true rates are in the recording.
            \(remarks)session: \(recording.session)
            subject: "\(recording.subject)"
            date: \(recording.date)
            recording: \(way)\(recording.session).h5
            format: \(format.rawValue)
            bin_ms: \(decimal(recording.binMilliseconds))
            behavior: [\(registeredBehavior(of: recording).joined(separator: ", "))]
            split: file

            """
    }

    /// The text of the manifest that stitches `sessions`.
    func stitchManifest(sessions: [String]) -> String {
        let list = sessions.map { "  - \($0)\n" }.joined()
        return """
            # Stitches the synthetic days; what isn't said here has a default.
            run: \(sessionPrefix)-\(sessions.count)\(sessions.count == 1 ? "day" : "days")
            sessions:
            \(list)seed: 1
            \(stitchSettings)
            """
    }

    private func decimal(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(value)
    }
}

/// Paths between folders.
enum FolderWay {
    static func asPrefix(_ folder: String) -> String {
        folder.hasSuffix("/") ? folder : folder + "/"
    }

    /// The way from one folder to another, ending in `/`; empty for the same folder.
    static func relative(from start: String, to end: String) -> String {
        func parts(_ path: String) -> [String] {
            URL(fileURLWithPath: path).standardizedFileURL.pathComponents
        }
        let (a, b) = (parts(start), parts(end))
        let common = zip(a, b).prefix { $0 == $1 }.count
        let steps = [String](repeating: "..", count: a.count - common) + b[common...]
        return steps.isEmpty ? "" : steps.joined(separator: "/") + "/"
    }
}
