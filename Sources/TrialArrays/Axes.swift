/// The trials of an array.
public struct TrialAxis: Sendable, Equatable {
    /// Place of each trial in the recording, from 0.
    public let places: [Int]
    /// Condition label of each trial, `nil` for a trial without one.
    public let conditions: [String?]

    /// How many trials there are.
    public var count: Int { places.count }

    /// Lists trials by their places and labels.
    ///
    /// - Precondition: as many conditions as places.
    public init(places: [Int], conditions: [String?]) {
        precondition(places.count == conditions.count, "\(conditions.count) labels, \(places.count) trials")
        self.places = places
        self.conditions = conditions
    }

    /// All trials of a recording, in its order.
    public init(conditions: [String?]) {
        self.init(places: Array(conditions.indices), conditions: conditions)
    }

    /// So many trials without labels.
    public init(count: Int) { self.init(conditions: [String?](repeating: nil, count: count)) }

    /// Some of the trials, in the order wanted.
    public func selecting(_ chosen: [Int]) -> TrialAxis {
        TrialAxis(places: chosen.map { places[$0] }, conditions: chosen.map { conditions[$0] })
    }
}

/// The bins of a trial.
public struct BinAxis: Sendable, Equatable {
    /// How many bins a trial has.
    public let count: Int
    /// Width of a bin in milliseconds; `nil` for what a trial has once.
    public let milliseconds: Double?

    /// So many bins of a width.
    public init(count: Int, milliseconds: Double) {
        self.count = count
        self.milliseconds = milliseconds
    }

    private init() {
        count = 1
        milliseconds = nil
    }

    /// One value a trial, which belongs to no time.
    public static let once = BinAxis()

    /// Whether a trial has the quantity once.
    public var isOnce: Bool { milliseconds == nil }

    /// Start of every bin within the trial, milliseconds.
    public var starts: [Double] { (0..<count).map { Double($0) * (milliseconds ?? 0) } }

    /// The first bins.
    public func leading(_ count: Int) -> BinAxis { resized(to: min(count, self.count)) }

    /// So many bins of the same width.
    func resized(to count: Int) -> BinAxis {
        milliseconds.map { BinAxis(count: count, milliseconds: $0) } ?? self
    }

    /// Bins of which each is `factor` of these.
    func joined(by factor: Int) -> BinAxis {
        milliseconds.map { BinAxis(count: count / factor, milliseconds: $0 * Double(factor)) } ?? self
    }
}

/// What stands in the columns of an array.
public struct ColumnAxis: Sendable, Equatable {
    /// What one column is.
    public enum Kind: String, Sendable, Codable {
        /// A neuron or an electrode.
        case unit
        /// A factor of the model.
        case factor
        /// A channel of behaviour.
        case channel
        /// A dimension of the initial condition.
        case dimension
        /// An input to the generator, inferred or external.
        case input
        /// A unit of the generator.
        case state
        /// A principal component.
        case component
    }

    /// What one column is.
    public let kind: Kind
    /// Names of the columns, in their order.
    public let names: [String]

    /// How many columns there are.
    public var count: Int { names.count }

    /// Columns with names of their own.
    public init(_ kind: Kind, names: [String]) {
        self.kind = kind
        self.names = names
    }

    /// Columns with numbers for names: `factor_0`, `factor_1`, …
    public init(_ kind: Kind, count: Int) {
        self.init(kind, names: (0..<count).map { "\(kind.rawValue)_\($0)" })
    }

    /// Some of the columns, in the order wanted.
    public func selecting(_ chosen: [Int]) -> ColumnAxis {
        ColumnAxis(kind, names: chosen.map { names[$0] })
    }
}
