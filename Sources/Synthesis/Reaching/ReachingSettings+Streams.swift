import LinearAlgebra

extension ReachingSettings {
    /// Draws that belong to a day of a reaching world, counted from 0.
    func stream(_ day: Int, _ purpose: SynthesisStream.Purpose, item: Int = 0) -> RandomStream {
        SynthesisStream.day(seed, day, purpose, item: item, of: ReachingWorld.kind)
    }
}
