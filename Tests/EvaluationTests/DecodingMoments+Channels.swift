import LinearAlgebra

@testable import Evaluation

extension DecodingMoments {
    /// Those of one channel alone, as if there were no other.
    func folds(ofChannel channel: Int) -> [SecondMoments] {
        groups.compactMap { group in
            group.channels.firstIndex(of: channel).map { place in
                group.folds.map { $0.selecting(targets: [place]) }
            }
        }.first ?? []
    }
}
