public import Foundation

/// The processes of a job, and messages between them. One thread makes all calls, the one that made the object.
///
/// What a message says is for its sender and its receiver to know; what kind it is stands in its tag. Messages of one
/// sender arrive in the order in which they were sent.
public final class ParallelJob {
    /// Of this process, from 0.
    public let rank: Int
    /// Processes of the job.
    public let count: Int
    private let library: MPILibrary
    private var outgoing: [Outgoing] = []
    private var isEnded = false

    /// A message that the library may still read.
    private struct Outgoing {
        let bytes: UnsafeMutableRawBufferPointer
        var request: MPILibrary.Handle?
    }

    /// A message that has arrived.
    public struct Message: Sendable {
        /// Rank of the sender.
        public let sender: Int
        /// What kind of message it is.
        public let tag: Int
        /// What it says.
        public let content: Data
    }

    /// Joins the job that a launcher started.
    ///
    /// - Throws: `RanksError`
    public init(_ launch: LaunchedProcess) throws {
        if let problem = launch.problem { throw problem }
        library = try MPILibrary.load()
        var provided: Int32 = 0
        try Self.check("MPI_Init_thread", library.begin(nil, nil, MPILibrary.oneThreadCalls, &provided))
        var number: Int32 = 0
        try Self.check("MPI_Comm_rank", library.rank(library.world, &number))
        rank = Int(number)
        try Self.check("MPI_Comm_size", library.size(library.world, &number))
        count = Int(number)
    }

    deinit { end() }

    /// Sends a message and returns at once, whether or not somebody waits for it.
    ///
    /// - Parameters:
    ///   - content: up to 2 GB.
    ///   - rank: of the receiver.
    ///   - tag: what kind of message it is, from 0.
    public func send(_ content: Data, to rank: Int, as tag: Int) throws {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(content.count, 1), alignment: 16)
        content.copyBytes(to: bytes)
        var message = Outgoing(bytes: bytes, request: nil)
        try Self.check(
            "MPI_Isend",
            library.startSending(
                bytes.baseAddress, Int32(clamping: content.count), library.byte, Int32(clamping: rank),
                Int32(clamping: tag), library.world, &message.request))
        outgoing.append(message)
        try letGo()
    }

    /// The next message, whoever sent it; `nil` where none has arrived.
    public func arrived() throws -> Message? {
        try letGo()
        var isThere: Int32 = 0
        var status = MPILibrary.Status()
        try Self.check(
            "MPI_Iprobe",
            library.probe(MPILibrary.anySource, MPILibrary.anyTag, library.world, &isThere, &status))
        guard isThere != 0 else { return nil }
        var count: Int32 = 0
        try Self.check("MPI_Get_count", library.count(&status, library.byte, &count))
        var content = Data(count: Int(count))
        let code = content.withUnsafeMutableBytes {
            library.receive(
                $0.baseAddress, count, library.byte, status.source, status.tag, library.world, nil)
        }
        try Self.check("MPI_Recv", code)
        return Message(sender: Int(status.source), tag: Int(status.tag), content: content)
    }

    // MARK: Memory of the caller's, which stays where it is until it has gone

    /// A message that the library is reading from the caller's memory.
    typealias Sending = MPILibrary.Handle

    func startSending(_ bytes: UnsafeMutableRawBufferPointer, to rank: Int, as tag: Int) throws -> Sending? {
        var request: Sending?
        try Self.check(
            "MPI_Isend",
            library.startSending(
                bytes.baseAddress, Int32(clamping: bytes.count), library.byte, Int32(clamping: rank),
                Int32(clamping: tag), library.world, &request))
        return request
    }

    /// Returns when the message has gone.
    func finish(_ sending: inout Sending?) throws {
        guard sending != nil else { return }
        try Self.check("MPI_Wait", library.wait(&sending, nil))
        sending = nil
    }

    /// Returns when a message of that sender and kind has come; it fills the memory.
    ///
    /// - Parameter isPatient: whether it may take long, so that the processor is left to others.
    func receive(
        _ bytes: UnsafeMutableRawBufferPointer, from rank: Int, as tag: Int, isPatient: Bool
    ) throws {
        let (sender, kind) = (Int32(clamping: rank), Int32(clamping: tag))
        var isThere: Int32 = isPatient ? 0 : 1
        while isThere == 0 {
            try Self.check("MPI_Iprobe", library.probe(sender, kind, library.world, &isThere, nil))
            if isThere == 0 { usleep(Self.patience) }
        }
        try Self.check(
            "MPI_Recv",
            library.receive(
                bytes.baseAddress, Int32(clamping: bytes.count), library.byte, sender, kind, library.world,
                nil))
    }

    /// Microseconds, short beside an epoch.
    private static let patience: UInt32 = 200

    /// Leaves the job, once all that was sent has gone.
    public func end() {
        guard !isEnded else { return }
        isEnded = true
        for index in outgoing.indices {
            _ = library.wait(&outgoing[index].request, nil)
            outgoing[index].bytes.deallocate()
        }
        outgoing = []
        _ = library.end()
    }

    /// Frees messages that have gone.
    private func letGo() throws {
        for index in outgoing.indices.reversed() {
            var isGone: Int32 = 0
            try Self.check("MPI_Test", library.test(&outgoing[index].request, &isGone, nil))
            guard isGone != 0 else { continue }
            outgoing[index].bytes.deallocate()
            outgoing.remove(at: index)
        }
    }

    private static func check(_ call: String, _ code: Int32) throws {
        guard code == 0 else { throw RanksError.failed(call: call, code: Int(code)) }
    }
}
