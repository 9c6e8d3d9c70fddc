import Foundation
public import Ranks
import Registry
import Stitching
import Synchronization

/// A process of a search that is not rank 0: it loads the days and trains the members that it is given.
public enum MemberServer {
    /// Serves until rank 0 sends it home.
    ///
    /// - Parameters:
    ///   - job: of a rank above 0.
    ///   - threads: members that are trained at once.
    ///   - shouldStop: asked by every thread after every epoch.
    /// - Throws: `RanksError`. Whatever else goes wrong is told to rank 0.
    public static func serve(
        _ job: ParallelJob, threads: Int, shouldStop: @escaping @Sendable () -> Bool
    ) throws {
        let isOver = Mutex(false)
        // Whoever is stopped by rank 0 or by a signal leaves after the epoch in work.
        let hands = Hands(threads: threads) { shouldStop() || isOver.withLock(\.self) }
        defer { hands.leave() }
        while true {
            var isQuiet = true
            while let message = try job.arrived() {
                isQuiet = false
                switch message.kind {
                case .days:
                    do {
                        hands.training = try training(message.decoded(), threads: threads)
                        try job.send(.ready, RankReadiness(threads: threads), to: 0)
                    } catch { try job.send(.failure, RankFailure(error), to: 0) }
                case .task: hands.take(try message.decoded())
                case .stop: isOver.withLock { $0 = true }
                case .end:
                    isOver.withLock { $0 = true }
                    return
                default: break
                }
            }
            for (place, result) in hands.done() {
                isQuiet = false
                switch result {
                case .success(let value):
                    try job.send(.result, SearchMessage.Numbered(place: place, value: value), to: 0)
                case .failure(let error):
                    try job.send(.failure, RankFailure(error, place: place), to: 0)
                }
            }
            if isQuiet { ParallelJob.pause() }
        }
    }

    private static func training(_ days: SearchMessage.Days, threads: Int) throws -> MemberTraining {
        let settings = try StitchSettings(json: days.settings)
        let files = CanonicalFiles(Workspace(days.workspace))
        let sessions = try files.prepared(days.records, holdOut: settings.holdOut, threads: threads)
        return MemberTraining(
            TrainingInParts(days.run, days.records, sessions, settings), days.objective,
            threads: threads)
    }
}

/// Threads that train members; the thread that made them gives tasks and collects results.
private final class Hands: Sendable {
    private typealias Task = SearchMessage.Numbered<MemberTask>

    private struct State {
        var training: MemberTraining?
        var tasks: [Task] = []
        var results: [(Int, Result<MemberResult?, any Error>)] = []
        var isClosed = false
    }
    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)
    private let leaves = DispatchSemaphore(value: 0)
    private let threads: Int
    private let shouldStop: @Sendable () -> Bool

    init(threads: Int, shouldStop: @escaping @Sendable () -> Bool) {
        self.threads = threads
        self.shouldStop = shouldStop
        for _ in 0..<threads {
            let thread = Thread { [self] in work() }
            // As the threads of a model's own team.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    var training: MemberTraining? {
        get { state.withLock(\.training) }
        set { state.withLock { $0.training = newValue } }
    }

    func take(_ task: SearchMessage.Numbered<MemberTask>) {
        state.withLock { $0.tasks.append(task) }
        arrivals.signal()
    }

    func done() -> [(Int, Result<MemberResult?, any Error>)] {
        state.withLock { state in
            defer { state.results = [] }
            return state.results
        }
    }

    /// Returns when all threads have ended; those in work do so after their epoch if they are to stop.
    func leave() {
        state.withLock { $0.isClosed = true }
        for _ in 0..<threads { arrivals.signal() }
        for _ in 0..<threads { leaves.wait() }
    }

    private func work() {
        defer { leaves.signal() }
        while true {
            arrivals.wait()
            let (task, training) = state.withLock { state -> (Task?, MemberTraining?) in
                (state.isClosed || state.tasks.isEmpty ? nil : state.tasks.removeFirst(), state.training)
            }
            guard let task, let training else { return }
            let result = Result { try training.result(of: task.value, shouldStop: shouldStop) }
            state.withLock { $0.results.append((task.place, result)) }
        }
    }
}
