import Foundation
public import Stitching

/// The values that a search may give a setting.
public enum SearchRange: Sendable, Equatable {
    /// Between two positive numbers, evenly by their logarithms.
    case logarithmic(ClosedRange<Double>)
    /// Between two numbers, evenly.
    case linear(ClosedRange<Double>)
    /// One of these.
    case choice([SettingValue])
}

/// A setting that a search changes.
public struct SearchedSetting: Sendable, Equatable {
    /// With its section, such as `train.lr_init`.
    public let name: String
    /// What it may be.
    public let range: SearchRange
    /// Whether only whole numbers are values of it.
    public let isWhole: Bool

    /// - Parameters:
    ///   - name: with its section, such as `train.lr_init`.
    ///   - range: what it may be.
    ///   - isWhole: whether only whole numbers are values of it.
    public init(_ name: String, _ range: SearchRange, isWhole: Bool = false) {
        self.name = name
        self.range = range
        self.isWhole = isWhole
    }

    /// The standard deviation of a first value around the one to begin with, as a share of the range.
    private static let nearness = 0.15
    /// The farthest that a value moves when it is perturbed, as a share of the range.
    private static let step = 0.2

    /// A value from anywhere in the range.
    ///
    /// - Parameter uniform: in [0, 1).
    func anywhere(_ uniform: Double) -> SettingValue {
        switch range {
        case .choice(let values): values[min(Int(uniform * Double(values.count)), values.count - 1)]
        default: value(at: uniform)
        }
    }

    /// A value near one to begin with; from anywhere where that one lies outside the range's scale.
    ///
    /// - Parameters:
    ///   - normal: standard normal.
    ///   - uniform: in [0, 1).
    func near(_ start: SettingValue, normal: Double, uniform: Double) -> SettingValue {
        if case .choice(let values) = range { return values.contains(start) ? start : anywhere(uniform) }
        guard let place = place(of: start) else { return anywhere(uniform) }
        return value(at: place + Self.nearness * normal)
    }

    /// A value beside another one: a step to either side, or a neighbour among choices.
    ///
    /// - Parameter uniform: in [0, 1).
    func beside(_ start: SettingValue, uniform: Double) -> SettingValue {
        if case .choice(let values) = range {
            guard let place = values.firstIndex(of: start) else { return anywhere(uniform) }
            let move = uniform < 1.0 / 3 ? -1 : uniform < 2.0 / 3 ? 0 : 1
            return values[min(max(place + move, 0), values.count - 1)]
        }
        guard let place = place(of: start) else { return anywhere(uniform) }
        return value(at: place + Self.step * (2 * uniform - 1))
    }

    /// Where in the range a value lies, 0 to 1; `nil` for a value that the range's scale does not have.
    private func place(of value: SettingValue) -> Double? {
        guard let number = value.number else { return nil }
        let place: Double
        switch range {
        case .logarithmic(let ends):
            guard number > 0 else { return nil }
            place = log(number / ends.lowerBound) / log(ends.upperBound / ends.lowerBound)
        case .linear(let ends):
            place = (number - ends.lowerBound) / (ends.upperBound - ends.lowerBound)
        case .choice: return nil
        }
        return place.isFinite ? min(max(place, 0), 1) : 0
    }

    private func value(at place: Double) -> SettingValue {
        let place = min(max(place, 0), 1)
        let number: Double
        switch range {
        case .logarithmic(let ends):
            number = ends.lowerBound * pow(ends.upperBound / ends.lowerBound, place)
        case .linear(let ends):
            number = ends.lowerBound + place * (ends.upperBound - ends.lowerBound)
        case .choice(let values): return values[0]
        }
        if isWhole { return .whole(Int(number.rounded())) }
        return .double(Self.shortened(number))
    }

    /// Three digits say as much as there is to say, and can be read.
    private static func shortened(_ number: Double) -> Double {
        guard number != 0, number.isFinite else { return number }
        let scale = pow(10, 2 - log10(abs(number)).rounded(.down))
        return (number * scale).rounded() / scale
    }
}
