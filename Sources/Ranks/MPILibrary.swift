import Foundation

/// The few calls of Open MPI that are made, loaded when they are needed.
///
/// Names and constants are those of Open MPI's C interface, versions 3 to 5 (`libmpi.so.40`); other implementations
/// of MPI have other ones and are not loaded.
///
/// Unchecked: pointers to a library that stays where it is.
struct MPILibrary: @unchecked Sendable {
    /// A communicator, a type or a request.
    typealias Handle = UnsafeMutableRawPointer

    /// `MPI_Status`: three numbers that are read, and room for what else a version keeps in it.
    struct Status {
        var source: Int32 = 0
        var tag: Int32 = 0
        var error: Int32 = 0
        private var rest: (Int32, UInt, UInt, UInt) = (0, 0, 0, 0)
    }

    typealias InitThread =
        @convention(c) (
            UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?, Int32, UnsafeMutablePointer<Int32>
        ) -> Int32
    typealias Number = @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> Int32
    typealias StartSending =
        @convention(c) (
            UnsafeRawPointer?, Int32, Handle, Int32, Int32, Handle, UnsafeMutablePointer<Handle?>
        ) -> Int32
    typealias Test =
        @convention(c) (
            UnsafeMutablePointer<Handle?>, UnsafeMutablePointer<Int32>, UnsafeMutableRawPointer?
        ) -> Int32
    typealias Wait =
        @convention(c) (UnsafeMutablePointer<Handle?>, UnsafeMutableRawPointer?) -> Int32
    typealias Probe =
        @convention(c) (
            Int32, Int32, Handle, UnsafeMutablePointer<Int32>, UnsafeMutableRawPointer?
        ) -> Int32
    typealias Count =
        @convention(c) (UnsafeRawPointer, Handle, UnsafeMutablePointer<Int32>) -> Int32
    typealias Receive =
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, Handle, Int32, Int32, Handle, UnsafeMutableRawPointer?
        ) -> Int32
    typealias End = @convention(c) () -> Int32

    static let anySource: Int32 = -1
    static let anyTag: Int32 = -1
    /// `MPI_THREAD_FUNNELED`: one thread alone calls.
    static let oneThreadCalls: Int32 = 1

    let world: Handle
    let byte: Handle
    let begin: InitThread
    let rank: Number
    let size: Number
    let startSending: StartSending
    let test: Test
    let wait: Wait
    let probe: Probe
    let count: Count
    let receive: Receive
    let end: End

    /// - Throws: `RanksError.noLibrary`
    static func load() throws -> MPILibrary {
        let given = ProcessInfo.processInfo.environment["NEUROSTITCH_MPI_LIBRARY"]
        let tried = given.map { [$0] } ?? ["libmpi.so.40", "libmpi.so"]
        var reason = ""
        for name in tried {
            // Plug-ins of the library look for its symbols among those of the whole process.
            guard let library = dlopen(name, RTLD_NOW | RTLD_GLOBAL) else {
                reason = dlerror().map { String(cString: $0) } ?? "no reason is given"
                continue
            }
            if let loaded = MPILibrary(library) { return loaded }
            reason = "\(name) is not Open MPI's"
        }
        throw RanksError.noLibrary(tried: tried, reason: reason)
    }

    private init?(_ library: Handle) {
        func call<Call>(_ name: String, as _: Call.Type) -> Call? {
            dlsym(library, name).map { unsafeBitCast($0, to: Call.self) }
        }
        guard let world = dlsym(library, "ompi_mpi_comm_world"),
            let byte = dlsym(library, "ompi_mpi_byte"),
            let begin = call("MPI_Init_thread", as: InitThread.self),
            let rank = call("MPI_Comm_rank", as: Number.self),
            let size = call("MPI_Comm_size", as: Number.self),
            let startSending = call("MPI_Isend", as: StartSending.self),
            let test = call("MPI_Test", as: Test.self), let wait = call("MPI_Wait", as: Wait.self),
            let probe = call("MPI_Iprobe", as: Probe.self),
            let count = call("MPI_Get_count", as: Count.self),
            let receive = call("MPI_Recv", as: Receive.self),
            let end = call("MPI_Finalize", as: End.self)
        else { return nil }
        self.world = world
        self.byte = byte
        self.begin = begin
        self.rank = rank
        self.size = size
        self.startSending = startSending
        self.test = test
        self.wait = wait
        self.probe = probe
        self.count = count
        self.receive = receive
        self.end = end
    }
}
