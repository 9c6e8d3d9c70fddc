import Foundation

/// Turns the first Ctrl-C into a request to stop after the epoch; the second ends the process.
final class Interruption: @unchecked Sendable {
    private let source: any DispatchSourceSignal
    private let lock = NSLock()
    private var requested = false

    init() {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { [weak self] in
            guard let self else { return }
            lock.lock()
            let again = requested
            requested = true
            lock.unlock()
            // Not `exit`: its handlers would close HDF5 under the hands of a thread that writes.
            if again { _exit(ExitStatus.interrupted) }
            Terminal.printError("\nstopping after this epoch; press Ctrl-C again to stop at once")
        }
        source.resume()
    }

    var isRequested: Bool {
        lock.lock()
        defer { lock.unlock() }
        return requested
    }

    func end() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
