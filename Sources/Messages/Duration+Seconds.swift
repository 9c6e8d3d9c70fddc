extension Duration {
    /// As a number, to a billionth of a second.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
