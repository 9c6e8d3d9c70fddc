import Foundation
import Recordings
import Registry
import Stitching
import TestSupport
import Testing

/// Damaged copies of small sound files of every format, registered as a user would: each is read or
/// refused with a message and an exit code; the program never crashes or hangs, and the registry holds
/// what was reported and nothing else.
///
/// NEUROSTITCH_FUZZ_CASES sets how many (300); NEUROSTITCH_FUZZ_SEED where to begin.
struct DamagedFileTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let caseCount = environment["NEUROSTITCH_FUZZ_CASES"].flatMap(Int.init) ?? 300
    private static let firstSeed = environment["NEUROSTITCH_FUZZ_SEED"].flatMap(UInt64.init) ?? 1

    @Test(.timeLimit(.minutes(60))) func damagedFilesAreReadOrRefused() throws {
        let sound = try SoundFile.all()
        let workers = 2
        let tally = Tally()
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            do {
                // A workspace holds the cases of a stretch, so that a bad one is near its cause.
                for start in stride(from: worker * 50, to: Self.caseCount, by: workers * 50) {
                    let seeds = (start..<min(start + 50, Self.caseCount)).map {
                        Self.firstSeed + UInt64($0)
                    }
                    try Self.run(seeds: seeds, of: sound, tally)
                }
            } catch {
                Issue.record("worker \(worker): \(error)")
            }
        }
        // A fuzzer that damages nothing that matters, or everything, tests nothing.
        #expect(tally.refused > Self.caseCount / 4 && tally.registered > Self.caseCount / 50)
        #expect(tally.refused + tally.registered == Self.caseCount)
        if Self.environment["NEUROSTITCH_FUZZ_CASES"] != nil {
            print(
                "\(Self.caseCount) damaged files: \(tally.registered) registered, \(tally.refused) refused, "
                    + "\(tally.died) of them by a library's crash or its limits; slowest \(tally.slowest) s")
        }
    }

    private static func run(seeds: [UInt64], of sound: [SoundFile], _ tally: Tally) throws {
        let lab = try Lab.withSessions([])
        var registered = 0
        for seed in seeds {
            var damage = Damage(seed: seed)
            let file = sound[Int(seed % UInt64(sound.count))]
            let (bytes, manifest) = damage.damaged(file)
            try bytes.write(to: URL(fileURLWithPath: lab.location("case.\(file.ending)")))
            try lab.write("session: case-\(seed)\n" + manifest, to: "case.yaml")
            let began = Date()
            let outcome = try lab.run("register", "case.yaml")
            tally.note(seconds: Date().timeIntervalSince(began))
            switch outcome.status {
            case 0:
                registered += 1
                tally.note(registered: true)
            case 65, 66, 78:
                #expect(outcome.errors.contains("error: "), "seed \(seed): \(outcome.errors)")
                tally.note(registered: false, died: outcome.errors.contains("ended with signal"))
            default:
                Issue.record("seed \(seed), \(file.name): exit \(outcome.status): \(outcome.errors)")
                tally.note(registered: false)
            }
            let files = try lab.files(in: "sessions/recordings")
            #expect(files.count == registered, "seed \(seed), \(file.name): \(files)")
        }
        let registry = try SessionRegistry.open(lab.location("sessions"))
        let sessions = try registry.sessions(matching: .all)
        #expect(sessions.count == registered)
        for session in sessions {
            #expect(throws: Never.self) {
                try RecordingFile.read(registry.workspace.location(of: session.file))
            }
        }
    }

    /// What became of the cases, from several threads.
    private final class Tally: @unchecked Sendable {
        private let lock = NSLock()
        private(set) var registered = 0
        private(set) var refused = 0
        private(set) var died = 0
        private(set) var slowest = 0.0

        func note(registered isRegistered: Bool, died hasDied: Bool = false) {
            lock.withLock {
                registered += isRegistered ? 1 : 0
                refused += isRegistered ? 0 : 1
                died += hasDied ? 1 : 0
            }
        }

        func note(seconds: Double) { lock.withLock { slowest = max(slowest, seconds) } }
    }
}

/// A small file that can be registered, and the rest of its manifest.
private struct SoundFile {
    let name: String
    let ending: String
    let bytes: Data
    let manifest: String

    static func all() throws -> [SoundFile] {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "RecordingsTests/Fixtures")
        let scratch = try TemporaryFolder()
        defer { scratch.remove() }
        let who = "subject: Toy\ndate: 2025-01-01\n"
        var files: [SoundFile] = []
        for layout in RecordingFile.Export.allCases {
            let path = scratch.location("\(layout.rawValue).h5")
            try RecordingFile.write(.toy(day: 0), as: layout, to: path)
            files.append(
                SoundFile(
                    name: layout.rawValue, ending: "h5",
                    bytes: try Data(contentsOf: URL(fileURLWithPath: path)),
                    manifest: who + "recording: case.h5\nformat: \(layout.rawValue)\n"))
        }
        func add(_ name: String, _ manifest: String) throws {
            let url = fixtures.appending(path: name)
            files.append(
                SoundFile(
                    name: name, ending: url.pathExtension, bytes: try Data(contentsOf: url),
                    manifest: "recording: case.\(url.pathExtension)\n" + manifest))
        }
        try add(
            "dmfc_rsg.nwb",
            """
            format: nwb
            bin_ms: 20
            align: {event: set_time, before_ms: 400, after_ms: 0}
            condition: [is_eye, is_short]
            split: {valid_every: 2}

            """)
        try add(
            "mc_maze.nwb",
            """
            format: nwb
            bin_ms: 10
            align: {event: move_onset_time, before_ms: 250, after_ms: 450}
            condition: [trial_type, trial_version]
            units: {where: {location: [M1, PMd]}}

            """)
        let arrays = who + "behavior: {FORCE: [x, y]}\nsplit: {valid_every: 2}\n"
        func manifest(_ format: String, axes: String, spikes: String, force: String) -> String {
            arrays.replacingOccurrences(of: "FORCE", with: force)
                + "format: \(format)\naxes: \(axes)\nbin_ms: 20\n"
                + (spikes.isEmpty ? "" : "spikes: \(spikes)\n")
        }
        for name in ["v6.mat", "v7.mat", "v73.mat"] {
            try add(
                name, manifest("mat", axes: "[bins, trials, units]", spikes: "spikes_but", force: "force_but")
            )
            try add(
                name,
                who + "format: mat\ntrials: R\nspikes: spikeRaster\naxes: [units, bins]\nbin_ms: 20\n"
                    + "split: {valid_every: 2}\n")
        }
        try add(
            "day.npz",
            manifest("npz", axes: "[trials, bins, units]", spikes: "spikes_tbu", force: "force_tbu"))
        try add(
            "spikes_tbu.npy",
            who + "format: npy\naxes: [trials, bins, units]\nbin_ms: 20\nsplit: {valid_every: 2}\n")
        return files
    }
}

/// Changes that a seed makes to a file: most are small, as a bad disk or a broken copy makes them.
private struct Damage {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

    private mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 1) % max(bound, 1)
    }

    mutating func damaged(_ file: SoundFile) -> (Data, manifest: String) {
        var bytes = file.bytes
        var manifest = file.manifest
        switch next(8) {
        case 0: bytes = bytes.prefix(64 * next(bytes.count / 64 + 1))
        case 1, 2:
            for _ in 0...next(8) { bytes[next(bytes.count)] ^= 1 << UInt8(next(8)) }
        case 3:
            // Heads of files hold what everything else depends on.
            for _ in 0...next(3) { bytes[next(min(bytes.count, 4096))] = UInt8(next(256)) }
        case 4:
            // Absurd sizes, as sizes stand in eight bytes, or four.
            let place = next(bytes.count - 8)
            for offset in 0..<(next(2) == 0 ? 4 : 8) { bytes[place + offset] = next(4) == 0 ? 0x7F : 0xFF }
        case 5:
            let count = 1 + next(min(64, bytes.count / 2))
            let (from, to) = (next(bytes.count - count), next(bytes.count - count))
            for offset in 0..<count { bytes[to + offset] = bytes[from + offset] }
        case 6:
            let count = 1 + next(min(512, bytes.count / 2))
            let start = next(bytes.count - count)
            for offset in 0..<count { bytes[start + offset] = 0 }
        default:
            // Another type of number, where a size stands for it in the header of an array.
            let sizes: [UInt8] = [1, 2, 4, 8]
            let places = bytes.indices.filter { sizes.contains(bytes[$0]) }
            for _ in 0...next(4) { bytes[places[next(places.count)]] = sizes[next(4)] }
        }
        if next(10) == 0, !manifest.contains("nwb"), !manifest.contains("lfads") {
            manifest +=
                "axes: [\(["units, bins, trials", "bins, units, trials", "trials, units, bins"][next(3)])]\n"
        }
        return (bytes, manifest)
    }
}
