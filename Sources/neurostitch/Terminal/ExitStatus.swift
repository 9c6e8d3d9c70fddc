import Messages

/// Exit codes after `sysexits.h`; 130 after Ctrl-C, as a shell expects.
enum ExitStatus {
    static let success: Int32 = 0
    static let usage: Int32 = 64
    static let dataError: Int32 = 65
    static let noInput: Int32 = 66
    static let unavailable: Int32 = 69
    static let software: Int32 = 70
    static let cannotCreate: Int32 = 73
    static let inputOutput: Int32 = 74
    static let temporaryFailure: Int32 = 75
    static let configuration: Int32 = 78
    static let interrupted: Int32 = 130

    static func code(for category: ErrorCategory) -> Int32 {
        switch category {
        case .usage: usage
        case .badData: dataError
        case .missingInput: noInput
        case .unavailable: unavailable
        case .noResult: software
        case .cannotCreate: cannotCreate
        case .inputOutput: inputOutput
        case .temporary: temporaryFailure
        case .badConfiguration: configuration
        case .interrupted: interrupted
        }
    }
}
