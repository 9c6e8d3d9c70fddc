import Foundation
import Synchronization

/// Turns the first Ctrl-C into a request to stop after the epoch; the second ends the process. What clusters and
/// terminals send before they end a process (SIGTERM, SIGHUP) is the same request, each by itself.
final class Interruption: @unchecked Sendable {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    /// Made and cancelled, and otherwise left alone: all that threads share is `arrivals`.
    private let sources: [any DispatchSourceSignal]

    /// Signals that have come; shared with the handlers, which may outlive the object for a moment.
    private final class Arrivals: Sendable {
        private let seen = Mutex<Set<Int32>>([])
        private let isSilent: Bool

        init(isSilent: Bool) { self.isSilent = isSilent }

        var isEmpty: Bool { seen.withLock(\.isEmpty) }

        func arrive(_ signal: Int32) {
            let (isFirst, isNew) = seen.withLock { ($0.isEmpty, $0.insert(signal).inserted) }
            // Not `exit`: its handlers would close HDF5 under the hands of a thread that writes.
            if !isNew { _exit(ExitStatus.interrupted) }
            if isFirst, !isSilent {
                Terminal.printError("\nstopping after this epoch; press Ctrl-C again to stop at once")
            }
        }
    }
    private let arrivals: Arrivals

    /// - Parameter isSilent: of processes that leave speaking to another one.
    init(isSilent: Bool = false) {
        let arrivals = Arrivals(isSilent: isSilent)
        self.arrivals = arrivals
        sources = Self.signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { arrivals.arrive(number) }
            source.resume()
            return source
        }
    }

    var isRequested: Bool { !arrivals.isEmpty }

    func end() {
        for source in sources { source.cancel() }
        for number in Self.signals { signal(number, SIG_DFL) }
    }
}
