extension Unicode.Scalar {
    /// What ends a line or is obeyed by a terminal. Text of a file that holds such characters breaks tables.
    public var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
