package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/journal"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
)

// hostOptions are the flags that say which servers scripts reach, and what they may do there.
type hostOptions struct {
	profiles  []string
	files     []string
	demo      bool
	allow     []string
	journal   string
	noJournal bool
	retries   int
	verbose   bool

	received func(client.Receipt) // is told of files of endpoints; no flag. Nil for who does not want to know
	openings client.Openings      // keeps what is open on servers; no flag. Nil for nothing
}

// hostFlags add the flags.
func (p *program) hostFlags(cmd *cobra.Command, o *hostOptions) {
	flags := cmd.Flags()
	flags.StringArrayVar(&o.profiles, "profile", nil, "use the credential profile `NAME`; ROLE=NAME is for connect(\"ROLE\"), or for the product ROLE (may be repeated)")
	credentialsFlag(cmd, &o.files)
	flags.BoolVar(&o.demo, "demo", false, "use a demo server in this process, without credentials or network")
	flags.StringSliceVar(&o.allow, "allow", nil, "allow changes of these `KINDS`, with commas between them: "+strings.Join(guard.Names(), ", "))
	flags.StringVar(&o.journal, "journal", "", "append each changing request to this `FILE` (default journal.jsonl in the user's state directory)")
	flags.BoolVar(&o.noJournal, "no-journal", false, "do not record changing requests")
	flags.IntVar(&o.retries, "max-retries", gate.DefaultRetries, "try a request that failed again at most `N` times, where that is safe")
	flags.BoolVar(&o.verbose, "verbose", false, "write a line for each request to standard error, and where profiles come from")
	_ = cmd.RegisterFlagCompletionFunc("profile", p.completeProfiles(&o.files)) // fails only when done twice
	_ = cmd.RegisterFlagCompletionFunc("allow", cobra.FixedCompletions(guard.Names(), cobra.ShellCompDirectiveNoFileComp))
}

// host is what scripts run against: the servers and the clock.
type host struct {
	pool    *servers.Pool
	now     func() time.Time // nil for the system's clock
	log     *slog.Logger
	demo    lazyDemo
	journal *journal.Journal
	guard   guard.Config
}

// newHost makes the host. source is who makes the changes, decide says what becomes of those that were not allowed.
// progress shows work that takes several requests, or is nil; more are further options of the clients. Nothing is read or opened before a script asks a server
// something.
func (p *program) newHost(o hostOptions, source journal.Source, decide guard.Config, progress func(string, int) builtins.Progress, log *slog.Logger, more ...client.Option) (*host, error) {
	granted, err := guard.Parse(o.allow)
	if err != nil {
		return nil, usage(hintOf(err), "--allow: %w", err)
	}
	h := &host{log: log}
	decide.Allow = granted
	h.guard = decide
	if o.retries < 0 || o.retries > 100 {
		return nil, usage("0 tries each request once", "--max-retries: got %d, want 0 to 100", o.retries)
	}
	gates := []gate.Option{gate.WithLogger(log), gate.WithSystemProxy(p.getenv), gate.WithMaxRetries(o.retries)}
	if !o.noJournal {
		file, err := p.journalFile(o)
		if err != nil {
			return nil, err
		}
		h.journal = journal.New(file, source)
		gates = append(gates, gate.WithCheck(h.journal.Check), gate.WithJournal(h.journal.Record))
	}
	open, err := p.opener(h, o, gates)
	if err != nil {
		return nil, err
	}
	h.pool = servers.New(servers.Config{Open: open, Received: h.receiver(o.received), Openings: o.openings,
		Client: append([]client.Option{client.WithGuard(guard.New(decide)), client.WithLogger(log), servers.ShowProgress(progress)}, more...)})
	return h, nil
}

// receiver has what is received from endpoints noted with the time.
func (h *host) receiver(note func(client.Receipt)) func(client.Receipt) {
	if note == nil {
		return nil
	}
	return func(r client.Receipt) {
		r.Received = h.clock()
		note(r)
	}
}

// clock is the host's time, UTC: in a demo that of its story.
func (h *host) clock() time.Time {
	if h.now != nil {
		return h.now().UTC()
	}
	return time.Now().UTC()
}

// opener gives the way in which servers are opened.
func (p *program) opener(h *host, o hostOptions, gates []gate.Option) (func(*client.Product, string) (servers.Way, error), error) {
	if o.demo {
		if len(o.profiles) > 0 || len(o.files) > 0 {
			return nil, usage("leave one of them out", "--demo needs no --profile and no --credentials")
		}
		h.now = h.demo.now
		return func(product *client.Product, _ string) (servers.Way, error) {
			sim, err := h.demo.start()
			if err != nil {
				return nil, err
			}
			return demo.Connect(sim, credentials.Product(product.Name), append(gates, versionOption())...)
		}, nil
	}
	search, err := p.search(o)
	if err != nil {
		return nil, err
	}
	search.Found = func(role string, profile credentials.Profile) {
		h.log.Debug("using a profile", "profile", profile.Name, "url", profile.URL, "file", profile.File, "role", role)
	}
	return func(product *client.Product, role string) (servers.Way, error) {
		search.Gate = append(gates, versionOption())
		return search.Open(product, role)
	}, nil
}

// versionOption tells servers the program's version.
func versionOption() gate.Option { return gate.WithVersion(programVersion()) }

// programVersion is the version of this build.
func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return versionOf(info)
	}
	return "devel"
}

// search reads the flags that name profiles.
func (p *program) search(o hostOptions) (servers.Search, error) {
	s := servers.Search{Roles: map[string]string{},
		Credentials: func(product credentials.Product) credentials.Options { return p.credentialOptions(product, o.files) }}
	for _, text := range o.profiles {
		role, name, hasRole := strings.Cut(text, "=")
		if !hasRole {
			role, name = "", text
		}
		known := s.Roles[role]
		if role == "" {
			known = s.Profile
		}
		switch {
		case name == "" || hasRole && role == "":
			return s, usage("as in --profile prod or --profile lab=prod", "--profile %q: want NAME or ROLE=NAME", text)
		case known != "":
			return s, usage("a second server has a role: --profile ROLE=NAME", "--profile: got %q and %q for the same server", known, name)
		case role == "":
			s.Profile = name
		default:
			s.Roles[role] = name
		}
	}
	return s, nil
}

// journalFile is where changes are recorded.
func (p *program) journalFile(o hostOptions) (string, error) {
	if o.journal != "" {
		return p.opened(o.journal), nil
	}
	dir := p.stateDir()
	if dir == "" {
		if len(o.allow) > 0 {
			return "", usage("name a file with --journal, or do without one with --no-journal", "there is no home directory to record changes in")
		}
		return "", nil
	}
	return filepath.Join(dir, "journal.jsonl"), nil
}

// close ends the connections. Its error is that of changes which could not be recorded.
func (h *host) close() error {
	errs := []error{h.pool.Close(), h.demo.close()}
	if h.journal != nil {
		errs = append(errs, h.journal.Close())
	}
	return errors.Join(errs...)
}

// hintOf is what an error advises, or empty.
func hintOf(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}

// hashed is a script as the source of changes.
func hashed(s *runtime.Script) journal.Source {
	sum := sha256.Sum256([]byte(s.Source))
	return journal.Source{Script: s.Name, SHA256: hex.EncodeToString(sum[:])}
}
