// The command tree: every option is explained, every command has an example, and options mean what they say.

import ArgumentParser
import Foundation
import Testing
import TollgatePricing
import TollgateValues

@testable import TollgateClient
@testable import tollgate

@Suite struct CommandTests {
  /// What ArgumentParser says of itself, as far as it is judged here.
  struct Dump: Decodable {
    var command: Command

    struct Command: Decodable {
      var commandName: String
      var abstract: String?
      var discussion: String?
      var arguments: [Argument]?
      var subcommands: [Command]?
    }

    struct Argument: Decodable {
      var kind: String
      var abstract: String?
      var names: [Name]?
      var valueName: String?
      struct Name: Decodable { var name: String }
    }
  }

  /// The whole tree; made once, as it takes the parser a while.
  static let tree = Result { try JSONDecoder().decode(Dump.self, from: Data(Tollgate._dumpHelp().utf8)).command }

  func root() throws -> Dump.Command { try CommandTests.tree.get() }

  func walk(_ command: Dump.Command, _ path: String = "", _ visit: (String, Dump.Command) -> Void) {
    let path = path.isEmpty ? command.commandName : path + " " + command.commandName
    if command.commandName == "help" { return }
    visit(path, command)
    for subcommand in command.subcommands ?? [] { walk(subcommand, path, visit) }
  }

  @Test func everyCommandHasAnAbstractAndAnExample() throws {
    walk(try root()) { path, command in
      #expect(command.abstract?.isEmpty == false, "\(path)")
      #expect(command.discussion?.contains("Example: ") == true, "\(path)")
    }
  }

  @Test func everyOptionIsExplained() throws {
    walk(try root()) { path, command in
      for argument in command.arguments ?? [] {
        let name = argument.names?.first?.name ?? argument.valueName ?? "?"
        #expect(argument.abstract?.isEmpty == false, "\(path) \(name)")
      }
    }
  }

  @Test func theTreeIsWhatIsDocumented() throws {
    var lines: [String] = []
    walk(try root()) { path, command in
      let common =
        ["help", "version", "h", "json", "v", "verbose"] + Setting.all.map { String($0.flag.dropFirst(2)) }
        + ["config", "no-plaintext"]
      let names = (command.arguments ?? []).compactMap { argument -> String? in
        if argument.kind == "positional" { return "<\(argument.valueName ?? "")>" }
        guard let name = argument.names?.last?.name, !common.contains(name) else { return nil }
        return "--" + name
      }
      lines.append(([path] + names).joined(separator: " "))
    }
    #expect(lines.joined(separator: "\n") == CommandTree.text)
  }

  @Test func everyRemoteCommandKnowsTheConnection() throws {
    walk(try root()) { path, command in
      guard command.subcommands?.filter({ $0.commandName != "help" }).isEmpty != false, !path.contains("pricebook"),
        !path.contains("rerate"), path != "tollgate id"
      else { return }
      let names = (command.arguments ?? []).flatMap { $0.names?.map(\.name) ?? [] }
      for needed in [
        "server", "ca", "cert", "key", "server-name", "plaintext", "timeout", "connections", "config", "json",
      ] {
        #expect(names.contains(needed), "\(path) --\(needed)")
      }
    }
  }

  func parse<Command: ParsableCommand>(_ arguments: String, as: Command.Type = Command.self) throws -> Command {
    try Command.parse(arguments.split(separator: " ").map(String.init))
  }

  static let id = "0199f0aa-5e31-7c44-9d5b-0c2f6a1b7e90"

  @Test func aJobIsReadFromItsOptions() throws {
    let command: AuthorizeCommand = try parse(
      "\(Self.id) --size 1024x768 --model studio --quality high --count 4 --steps 40 --control-nets 2 "
        + "--feature image-to-image --feature preview --lifetime 1h30m")
    let settings = try Settings(ConnectionFlags(), config: nil, environment: [:])
    #expect(
      try command.spend.spend(settings)
        == .job(
          Job(
            width: 1024, height: 768, steps: 40, count: 4, model: 1, quality: .high, controlNets: 2,
            features: [.imageToImage, .preview])))
    #expect(command.lifetime.lifetime == .minutes(90))
    let plain: ChargeCommand = try parse("\(Self.id) --width 512 --height 300")
    #expect(try plain.spend.spend(settings) == .job(Job(width: 512, height: 300)))
    let raw: ChargeCommand = try parse("\(Self.id) --amount 2.5")
    #expect(try raw.spend.spend(settings) == .amount(Credits(microcredits: 2_500_000)))
  }

  @Test func aModelIsFoundByNameOrNumber() throws {
    let models = try Models(Settings(ConnectionFlags(), config: nil, environment: [:]))
    #expect(try models.number(of: "atelier") == 2)
    #expect(try models.number(of: "Studio") == 1)
    #expect(try models.number(of: "77") == 77)
    do throws(Failure) {
      _ = try models.number(of: "nope")
      Issue.record("nope is no model")
    } catch {
      #expect(
        error.message
          == "no model is called \"nope\" in the price book that ships: models are sketch (0), studio (1), atelier (2)")
    }
  }

  @Test func aCaptureClosesOnlyIfItTakesAll() throws {
    func closes(_ options: String) throws -> Bool {
      let command: CaptureCommand = try parse("\(Self.id) \(options)")
      return command.closes
    }
    #expect(try closes(""))
    #expect(try closes("--all"))
    #expect(try !closes("--all --no-close"))
    #expect(try !closes("--amount 2.5"))
    #expect(try closes("--images 3 --close"))
  }

  @Test(arguments: [
    "authorize", "authorize \(id) --size 1 --width 2 --height 2", "authorize \(id) --width 2",
    "authorize \(id) --size 512 --amount 3", "authorize --batch f --size 512", "authorize --batch f --id \(id)",
    "authorize \(id) --quality best", "authorize \(id) --feature sparkle", "authorize \(id) --size 512 --count 0",
    "authorize \(id) --size 512 --lifetime 0s", "capture", "capture \(id) --all --amount 3",
    "capture \(id) --batch file", "capture \(id) --amount -3", "grant \(id) 0 --source plan --reason x",
    "grant \(id) 5 --source nobody --reason x", "grant \(id) 5 --source plan", "account open --id \(id) --reason x",
    "account close \(id)", "refund \(id) 0 --reason x", "extend \(id) --lifetime soon",
    "account entries \(id) --limit 0",
    "void 00000000-0000-0000-0000-000000000000",
  ])
  func wrongCombinationsAreRefused(_ arguments: String) throws {
    let commands: [String: any ParsableCommand.Type] = [
      "authorize": AuthorizeCommand.self, "capture": CaptureCommand.self, "grant": GrantCommand.self,
      "account open": OpenCommand.self, "account close": CloseCommand.self, "account entries": EntriesCommand.self,
      "refund": RefundCommand.self, "extend": ExtendCommand.self, "void": VoidCommand.self,
    ]
    let (name, command) = try #require(commands.first { arguments == $0.key || arguments.hasPrefix($0.key + " ") })
    let rest = arguments.dropFirst(name.count).split(separator: " ").map(String.init)
    #expect(throws: (any Error).self) { _ = try command.parse(rest) }
  }

  @Test func aGrantKnowsItsTimes() throws {
    let grant: GrantCommand = try parse(
      "\(Self.id) 100 --source package --expires 2026-12-31 --price-paid 9.90 --priority 5 --reason Basic")
    #expect(grant.amount == Credits(credits: 100))
    #expect(grant.expires?.description == "2026-12-31T00:00:00Z")
    #expect(grant.pricePaid == 9_900_000)
    #expect(grant.source.source == .package)
    #expect(Source.allCases.allSatisfy { $0.source.description == $0.rawValue })
  }

  @Test func featuresAndQualitiesAreThoseOfThePriceBook() {
    #expect(Feature.allCases.count == Job.Features.names.count)
    for (index, feature) in Feature.allCases.enumerated() {
      #expect(feature.feature.rawValue == 1 << UInt32(index))
      #expect(feature.rawValue.replacing("-", with: "").lowercased() == Job.Features.names[index].lowercased())
    }
    #expect(Feature.names(of: [.preview, Job.Features(rawValue: 1 << 12)]) == ["preview", "bit 12"])
    #expect(Quality.name(of: Job.Quality(rawValue: 9)) == "quality 9")
  }

  @Test func completionKnowsModelsFeaturesAndQualities() {
    #expect(Models.completions == ["sketch", "studio", "atelier"])
    // One shell is enough: the words are ours, the scripts are ArgumentParser's, and each takes it seconds.
    let script = Tollgate.completionScript(for: .fish)
    for word in ["face-restoration", "draft", "capture-late"] { #expect(script.contains(word), "\(word)") }
  }
}

/// The tree of commands with their own options, as docs/cli.md lists it. A change here is a change for users.
enum CommandTree {
  static let text = """
    tollgate
    tollgate settings
    tollgate quote <account> --size --width --height --model --quality --count --steps --control-nets --feature \
    --lifetime --batch
    tollgate authorize <account> --size --width --height --model --quality --count --steps --control-nets --feature \
    --amount --quote --project --member --lifetime --batch --id
    tollgate capture <hold> --all --amount --images --close --no-close --allow-excess --batch --id
    tollgate void <hold> --id
    tollgate extend <hold> --lifetime --id
    tollgate increase <hold> --size --width --height --model --quality --count --steps --control-nets --feature \
    --amount --id
    tollgate charge <account> --size --width --height --model --quality --count --steps --control-nets --feature \
    --amount --quote --project --member --id
    tollgate capture-late <hold> --all --amount --images --id
    tollgate hold
    tollgate hold show <hold>
    tollgate account
    tollgate account open <account> --reason --id
    tollgate account freeze <account> --reason --id
    tollgate account activate <account> --reason --id
    tollgate account close <account> --reason --id
    tollgate account balance <account> --limit --all
    tollgate account entries <account> --before --limit --all
    tollgate account holds <account> --limit --all
    tollgate grant <account> <credits> --source --expires --effective --priority --price-paid --reason --id
    tollgate refund <account> <entry> --amount --reason --id
    tollgate server
    tollgate server info
    tollgate server describe --messages
    tollgate server health <service> --watch
    tollgate pricebook
    tollgate pricebook validate <file>
    tollgate pricebook show <file> --source
    tollgate pricebook price --size --width --height --model --quality --count --steps --control-nets --feature \
    --available
    tollgate rerate
    tollgate rerate price <jobs> --skip-invalid --ignore-columns --book --threads --level
    tollgate rerate convert <jobs> --skip-invalid --ignore-columns <output> --book
    tollgate id --count
    """
}
