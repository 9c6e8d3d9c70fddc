import ArrayFiles

extension RecordingSource {
    /// The file, ready for a reader; the source with what only the file can say; what was left out of
    /// the file, for the provenance.
    func opened() throws -> (source: RecordingSource, file: SourceFile, remarks: [String: String]) {
        switch format {
        case .nwb:
            return (self, SourceFile(file: try HDF5File.open(path)), [:])
        case .lfadsHDF5, .binnedHDF5:
            let file = try HDF5File.open(path)
            // An array in an NWB file may be read by its name, but only if it is there.
            if !file.exists(format == .lfadsHDF5 ? "train_encod_data" : datasets.spikes) {
                try refuseNWB(file, expected: "a file of the layout \(format.rawValue)")
            }
            return (self, SourceFile(file: file), [:])
        case .npz:
            return (self, SourceFile(file: try NumpyArchive(path)), [:])
        case .npy:
            return (self, SourceFile(file: try NumpyFolder(besides: path)), [:])
        case .mat:
            let file: MATLABFile
            do {
                file = try MATLABFile(path)
            } catch {
                if let file = try? HDF5File.open(path) {
                    try refuseNWB(file, expected: "a MATLAB file of version 5, 7 or 7.3")
                }
                throw error
            }
            guard let name = trialStructure else { return (self, SourceFile(file: file), [:]) }
            let trials = try TrialStructure(
                name, in: file, spikes: datasets.spikes, axes: axes, bins: trialBins)
            var source = self
            source.axes = [.trials] + axes
            return (source, SourceFile(file: trials), trials.provenance)
        }
    }

    /// The format that was named is not that of the file, which says itself what it is.
    private func refuseNWB(_ file: HDF5File, expected: String) throws {
        guard (try? NWBFile(file)) != nil else { return }
        throw ArrayFileError.wrongFormat(
            path: path, expected: expected, found: "it is an NWB 2 file", advice: "Use format: nwb.")
    }
}
