import Alignment
import LFADS

extension AlignedDays {
    /// Writes every day's start values into a model.
    ///
    /// - Throws: `LFADSError.parameterMismatch` where the model has other days or dimensions.
    func apply(to model: StitchedModel) throws {
        for day in days {
            try model.setParameter("readin.\(day.session).weight", day.readInWeights)
            try model.setParameter("readin.\(day.session).bias", day.readInBias)
            try model.setParameter("readout.\(day.session).weight", day.readOut.weights)
            try model.setParameter("readout.\(day.session).bias", day.readOut.bias)
        }
    }
}
