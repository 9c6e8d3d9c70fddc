import ArrayFiles
public import Messages

/// What can be wrong with a file that holds a model under the names of the PyTorch implementation.
public enum ModelFileError: ReportedError, Equatable, Codable {
    case notAModel(path: String, what: String)
    case newer(path: String, version: Int)
    case missingSetting(path: String, key: String)
    case badSetting(path: String, key: String, found: String, expected: String)
    case missingTensor(path: String, tensor: String)
    /// `nearest` among those that the model has.
    case unknownTensor(path: String, tensor: String, nearest: String?)
    case wrongShape(path: String, tensor: String, expected: [Int], found: [Int])
    /// `place` row-major, from 0.
    case notFinite(path: String, tensor: String, place: Int)
    case recurrentBias(path: String, tensor: String)
    case badTrajectories(path: String, problem: String)
    case sessionsNotNamed(path: String, count: Int)
    case otherSessionCount(path: String, count: Int, given: Int)
    /// A registered session is not what the model was trained on.
    case sessionDiffers(
        path: String, session: String, position: Int, what: String, expected: String, found: String)

    public var category: ErrorCategory {
        switch self {
        case .sessionsNotNamed, .otherSessionCount: .usage
        default: .badData
        }
    }

    public var description: String {
        switch self {
        case .notAModel(let path, let what):
            return
                "\(path) holds no model: \(what). A model file has the parameters under params/ and the "
                + "hyper-parameters as attributes of config/, as an exported run has them"
        case .newer(let path, let version):
            return
                "\(path) has layout version \(version), written by a newer neurostitch; this one reads "
                + "version \(ModelFile.layoutVersion); install a newer neurostitch to read it"
        case .missingSetting(let path, let key):
            return
                "\(path): config has no attribute \(key), without which the model is not defined; write it "
                + "beside the others"
        case .badSetting(let path, let key, let found, let expected):
            return "\(path): \(key) of config is \(found); expected \(expected)"
        case .missingTensor(let path, let tensor):
            return
                "\(path) has no tensor params/\(tensor), which the model of its config has; write the whole "
                + "state, or correct the config"
        case .unknownTensor(let path, let tensor, let nearest):
            return
                "\(path): params/\(tensor) is no tensor of the model of its config"
                + (nearest.map { "; the nearest is \($0)" } ?? "")
                + ". Correct the config, or leave the tensor out"
        case .wrongShape(let path, let tensor, let expected, let found):
            return
                "\(path): params/\(tensor) has shape \(found), but the model of its config needs "
                + "\(expected); correct the config, or write the tensors of this model"
        case .notFinite(let path, let tensor, let place):
            return
                "\(path): element \(place) of params/\(tensor) is not a finite number in single precision; "
                + "a model that diverged can't be used: take the parameters of an earlier epoch"
        case .recurrentBias(let path, let tensor):
            return
                "\(path): params/\(tensor) is not zero, but the recurrent cells here have no second bias; "
                + "add it to the bias_ih beside it and write zeros"
        case .badTrajectories(let path, let problem):
            return
                "\(path): the shared trajectories can't be used: \(problem); export the run again, or leave "
                + "the group `shared` out, and they are made from the read-ins"
        case .sessionsNotNamed(let path, let count):
            return
                "\(path) does not name its \(count) session\(count == 1 ? "" : "s"); name the "
                + "registered ones that they are, in the order of readout.0, readout.1, …"
        case .otherSessionCount(let path, let count, let given):
            return "\(path) has \(count) session\(count == 1 ? "" : "s"), but \(given) "
                + "\(given == 1 ? "is" : "are") named; name one registered session per readout.N, in order"
        case .sessionDiffers(let path, let session, let position, let what, let expected, let found):
            return
                "session \(session) does not fit number \(position) of \(path): \(what) \(expected) in the "
                + "file, \(found) in the registered recording; register the recording that the model was "
                + "trained on, or name the sessions in the file's order"
        }
    }
}
