/// In which process files from elsewhere are read.
///
/// The C libraries for HDF5 and MATLAB can crash, or never come back, on files that are damaged in their
/// inner structure.
public enum ReadingPlace: Sendable, Equatable {
    /// In a process of its own, whose end by a crash or by its limits is an error as any other.
    ///
    /// It runs the program `neurostitch`: the one at the path that is given here; or else this very program,
    /// if it is `neurostitch`; or else one that lies beside this program; or else one on `PATH`.
    case separateProcess(program: String? = nil)
    /// In this process, which a damaged file may end.
    case thisProcess
}
