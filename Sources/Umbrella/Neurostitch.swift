/// All that a program needs that works with recordings, registries and runs itself: `import Neurostitch`.
/// `docs/library.md` begins with thirty lines that register, stitch, infer, evaluate and extend.
@_exported public import Alignment
@_exported public import Evaluation
@_exported public import LFADS
@_exported public import LinearAlgebra
@_exported public import Messages
@_exported public import Recordings
@_exported public import Registry
@_exported public import Search
@_exported public import Stitching
@_exported public import Synthesis
@_exported public import TrialArrays
