import Alignment
import LFADS

extension AlignedDays {
    /// Writes every day's start values into a model.
    ///
    /// - Throws: `LFADSError.parameterMismatch` where the model has other days or dimensions.
    func apply(to model: StitchedModel) throws {
        for day in days {
            try model.setMaps(day.maps, ofSession: day.session)
        }
    }
}
