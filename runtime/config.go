package runtime

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime/output"
	"go.starlark.net/starlark"
)

// A ModuleFunc makes the names of a host module for one run. It is called once a run, when the script first loads the
// module, on the thread that loads it.
type ModuleFunc func(*starlark.Thread) (starlark.StringDict, error)

// Bundles gives scripts the community modules that are installed. *bundle.Loader is one.
type Bundles interface {
	// Files gives the files of a bundle, by its name "author/name". It is asked once a run for each bundle, when the
	// first of its files is loaded, and answers with nothing that it has not just verified. It is safe for concurrent use.
	Files(ctx context.Context, name string) (fs.FS, error)
}

// Config is what a [Runtime] is made of. The zero value runs plain Starlark: no predeclared names, no modules, the
// default limits, and output thrown away.
type Config struct {
	Predeclared starlark.StringDict   // names that every script and every loaded file sees
	Modules     map[string]ModuleFunc // host modules by the name in load, such as "cb/response"
	Std         fs.FS                 // the standard library: NAME.star is load("std/NAME"); nil means none
	Bundles     Bundles               // gives what load("author/name/file.star") names; nil means that none are installed
	Limits      Limits                // of each run

	Params    *Values     // of scripts; nil means that the user gave none
	Rows      output.Rows // takes what scripts emit; nil throws it away. The caller closes it after the run
	Artifacts Artifacts   // takes the files of scripts; nil refuses them

	Print     io.Writer    // what scripts print; nil throws it away
	ScriptLog *slog.Logger // what scripts log; nil throws it away
	Log       *slog.Logger // what the runtime has to say to its operator; nil throws it away

	Progress func(label string, total int) builtins.Progress // shows loops; nil shows none

	Now    func() time.Time // the clock of scripts; nil means time.Now
	OnHang func(error)      // is called with a *HangError before a run is given up; a command exits here
}

// A Runtime runs scripts. It is safe for concurrent use: each run has its own threads, modules and counters, but what
// Config holds is shared by all.
type Runtime struct {
	predeclared starlark.StringDict
	modules     map[string]ModuleFunc
	moduleNames []string // sorted
	names       []string // predeclared and universal, sorted
	std         fs.FS
	bundles     Bundles
	limits      Limits // with defaults
	params      *Values
	rows        output.Rows
	artifacts   Artifacts
	print       io.Writer
	scriptLog   *slog.Logger
	log         *slog.Logger
	progress    func(label string, total int) builtins.Progress
	now         func() time.Time
	onHang      func(error)
}

// New makes a Runtime. The predeclared values are frozen, because every run reads them.
func New(c Config) (*Runtime, error) {
	for _, name := range slices.Sorted(maps.Keys(c.Modules)) {
		if !strings.HasPrefix(name, "cb/") {
			return nil, &UsageError{Err: errModuleName(name)}
		}
	}
	rt := &Runtime{
		predeclared: maps.Clone(c.Predeclared),
		modules:     maps.Clone(c.Modules),
		moduleNames: slices.Sorted(maps.Keys(c.Modules)),
		std:         c.Std,
		bundles:     c.Bundles,
		limits:      c.Limits.withDefaults(),
		params:      c.Params,
		rows:        c.Rows,
		artifacts:   c.Artifacts,
		print:       c.Print,
		scriptLog:   c.ScriptLog,
		log:         c.Log,
		progress:    c.Progress,
		now:         c.Now,
		onHang:      c.OnHang,
	}
	rt.predeclared.Freeze()
	rt.names = append(rt.predeclared.Keys(), starlark.Universe.Keys()...)
	slices.Sort(rt.names)
	if rt.print == nil {
		rt.print = io.Discard
	}
	if rt.log == nil {
		rt.log = slog.New(slog.DiscardHandler)
	}
	if rt.scriptLog == nil {
		rt.scriptLog = slog.New(slog.DiscardHandler)
	}
	if rt.now == nil {
		rt.now = time.Now
	}
	return rt, nil
}
