import ArrayFiles

extension RecordingSource {
    /// The file, ready for a reader; the source with what only the file can say; what was left out of
    /// the file, for the provenance.
    func opened() throws -> (source: RecordingSource, file: SourceFile, remarks: [String: String]) {
        switch format {
        case .lfadsHDF5, .binnedHDF5, .nwb:
            return (self, SourceFile(file: try HDF5File.open(path)), [:])
        case .npz:
            return (self, SourceFile(file: try NumpyArchive(path)), [:])
        case .npy:
            return (self, SourceFile(file: try NumpyFolder(besides: path)), [:])
        case .mat:
            let file = try MATLABFile(path)
            guard let name = trialStructure else { return (self, SourceFile(file: file), [:]) }
            let trials = try TrialStructure(name, in: file, spikes: datasets.spikes, axes: axes, bins: trialBins)
            var source = self
            source.axes = [.trials] + axes
            return (source, SourceFile(file: trials), trials.provenance)
        }
    }
}
