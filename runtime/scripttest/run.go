package scripttest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/runtime"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Config says how tests run. Host is required.
type Config struct {
	// Host makes what one test runs against: predeclared names, modules, limits. Its Print, Rows, Artifacts, ScriptLog
	// and Params are replaced. close releases it after the test; it may be nil.
	Host func(ctx context.Context, test string) (c runtime.Config, close func(), err error)

	Match *regexp.Regexp   // runs only the tests whose name it matches; nil means all
	Root  string           // the folder that loads may not leave; empty means that of each test file
	Now   func() time.Time // measures how long tests take; nil means time.Now

	// Done is called after each test, to show how far they are. May be nil.
	Done func(Result)
}

// Result is the outcome of one test.
type Result struct {
	File   string
	Name   string        // of the function; empty for a file that cannot be run at all
	Err    error         // nil when the test passed; else for runtime.Report
	Output string        // what it printed and logged
	Took   time.Duration // wall time
}

// Report is the outcome of all tests, in the order in which they ran.
type Report struct {
	Results []Result
}

// Failed returns how many tests failed.
func (r *Report) Failed() int {
	n := 0
	for _, result := range r.Results {
		if result.Err != nil {
			n++
		}
	}
	return n
}

// Find returns the test files among paths: a file as it is, and of a folder all *_test.star below it, sorted. A path
// that does not exist is a *runtime.UsageError, and so is a folder without tests.
func Find(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		before := len(files)
		err := filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if file == path || strings.HasSuffix(file, "_test.star") {
				files = append(files, file)
			}
			return nil
		})
		if err != nil {
			var at *fs.PathError
			if errors.As(err, &at) {
				err = at.Err
			}
			return nil, &runtime.UsageError{Err: fmt.Errorf("open %s: %w", path, err)}
		}
		if len(files) == before {
			return nil, &runtime.UsageError{Err: fmt.Errorf("%s has no tests", path), Advice: "tests are functions test_* in files *_test.star"}
		}
	}
	return files, nil
}

// Run runs the tests of files, one after the other. Failing tests are in the report; the error is that of ctx, when it
// ended before all tests had run.
func Run(ctx context.Context, c Config, files []string) (*Report, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	r := &runner{c: c}
	for _, file := range files {
		r.file(ctx, file)
		if ctx.Err() != nil {
			return &r.report, context.Cause(ctx)
		}
	}
	return &r.report, nil
}

type runner struct {
	c      Config
	report Report
}

// file runs the tests of one file.
func (r *runner) file(ctx context.Context, file string) {
	s, err := runtime.Open(file, r.c.Root)
	if err != nil {
		r.done(Result{File: file, Err: err})
		return
	}
	defer s.Close()
	names, err := tests(s)
	if err != nil {
		r.done(Result{File: file, Err: err})
		return
	}
	for _, name := range names {
		if r.c.Match != nil && !r.c.Match.MatchString(name) {
			continue
		}
		if ctx.Err() != nil {
			return
		}
		r.done(r.test(ctx, s, file, name))
	}
}

func (r *runner) done(result Result) {
	r.report.Results = append(r.report.Results, result)
	if r.c.Done != nil {
		r.c.Done(result)
	}
}

// tests returns the names of the test functions of a file, in the order of the file.
func tests(s *runtime.Script) ([]string, error) {
	f, err := runtime.Parse(s)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, stmt := range f.Stmts {
		def, ok := stmt.(*syntax.DefStmt)
		if !ok || !strings.HasPrefix(def.Name.Name, "test_") {
			continue
		}
		if len(def.Params) > 0 {
			return nil, &runtime.UsageError{Err: fmt.Errorf("%s: the test %s has parameters, it gets none", def.Def, def.Name.Name)}
		}
		if slices.Contains(names, def.Name.Name) {
			return nil, &runtime.UsageError{Err: fmt.Errorf("%s: there are two tests %s, the first would never run", def.Def, def.Name.Name)}
		}
		names = append(names, def.Name.Name)
	}
	if names == nil {
		return nil, &runtime.UsageError{Err: fmt.Errorf("%s has no tests", s.Name), Advice: "tests are functions whose names begin with test_"}
	}
	return names, nil
}

// test runs one test.
func (r *runner) test(ctx context.Context, s *runtime.Script, file, name string) Result {
	result := Result{File: file, Name: name}
	start := r.c.Now()
	c, closeHost, err := r.c.Host(ctx, name)
	if closeHost != nil {
		defer closeHost()
	}
	if err != nil {
		result.Err = fmt.Errorf("make the host of %s: %w", name, err)
		return result
	}
	seen := &capture{}
	base := c // for the scripts that the test runs
	c = seen.into(c)
	c.Predeclared = maps.Clone(c.Predeclared)
	if c.Predeclared == nil {
		c.Predeclared = make(starlark.StringDict)
	}
	c.Predeclared["assert"] = assertModule()
	c.Predeclared["test"] = testModule(seen, base, filepath.Dir(file), r.c.Root)
	rt, err := runtime.New(c)
	if err == nil {
		_, err = rt.RunFunction(ctx, s, name)
	}
	result.Err, result.Output, result.Took = err, seen.text(), r.c.Now().Sub(start)
	return result
}
