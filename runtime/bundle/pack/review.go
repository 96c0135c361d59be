package pack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/check"
)

// A Review is what can be told of a bundle's files without running them.
type Review struct {
	Reports  []check.Report // of every file, in the order of their names
	Meta     check.Meta     // that declares the bundle
	MetaFile string         // that it stands in
	Loads    []string       // names of other bundles that the files load, sorted
}

// A RefusedError says that the check has errors in the files of a bundle.
type RefusedError struct {
	Reports []check.Report // those with errors
}

// Error gives each finding that is an error, a line each.
func (e *RefusedError) Error() string {
	var lines []string
	for _, f := range e.findings() {
		lines = append(lines, f.String())
	}
	return "the check refuses it:\n" + strings.Join(lines, "\n")
}

// Kind is "CheckError".
func (e *RefusedError) Kind() string { return "CheckError" }

// Hint says how to mend the first finding.
func (e *RefusedError) Hint() string { return e.findings()[0].Remedy }

func (e *RefusedError) findings() []check.Finding {
	var list []check.Finding
	for _, r := range e.Reports {
		for _, f := range r.Findings {
			if f.Severity == check.Error {
				list = append(list, f)
			}
		}
	}
	return list
}

// A DeclarationError says what is wrong with the declaration of a bundle.
type DeclarationError struct {
	File   string // empty when no script declares the bundle
	Line   int
	Err    error
	Advice string
}

// Error names the place and the reason.
func (e *DeclarationError) Error() string {
	if e.File == "" {
		return e.Err.Error()
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap returns the cause, such as a [*bundle.NameError].
func (e *DeclarationError) Unwrap() error { return e.Err }

// Kind is "CheckError".
func (e *DeclarationError) Kind() string { return "CheckError" }

// Hint says how to mend it.
func (e *DeclarationError) Hint() string { return e.Advice }

// Files reviews the files of a bundle. Its error is a [*RefusedError] or a [*DeclarationError], beside a review without
// declaration, or that of ctx.
func Files(ctx context.Context, files fs.FS, o check.Options) (*Review, error) {
	reports, err := check.Dir(ctx, files, ".", o)
	if err != nil {
		return nil, err
	}
	r := &Review{Reports: reports}
	refused := &RefusedError{}
	for _, report := range reports {
		if !report.OK() {
			refused.Reports = append(refused.Reports, report)
		}
	}
	if len(refused.Reports) > 0 {
		return r, refused
	}
	if err := r.declaration(); err != nil {
		return r, err
	}
	r.loads()
	return r, r.narrow()
}

// declaration finds the one meta() that names the bundle.
func (r *Review) declaration() error {
	for _, report := range r.Reports {
		m := report.Meta
		if m == nil || m.Name == "" && m.Version == "" && m.Author == "" {
			continue
		}
		if r.MetaFile != "" {
			return &DeclarationError{report.File, m.Line, fmt.Errorf("the bundle is declared again, after %s:%d", r.MetaFile, r.Meta.Line),
				"name, version and author stand in one meta() of the directory; other scripts may have description and needs"}
		}
		r.Meta, r.MetaFile = *m, report.File
	}
	const form = `as in meta(name="hunts", version="1.0.0", author="acme", description="Hunts of the network.", needs=["isolate"])`
	if r.MetaFile == "" {
		return &DeclarationError{"", 0, errors.New("no script of the directory declares the bundle by meta()"), form}
	}
	var lacks []string
	for name, missing := range map[string]bool{"name": r.Meta.Name == "", "version": r.Meta.Version == "", "author": r.Meta.Author == "",
		"description": r.Meta.Description == "", "needs": r.Meta.Needs == nil} {
		if missing {
			lacks = append(lacks, name)
		}
	}
	if len(lacks) > 0 {
		slices.Sort(lacks)
		return &DeclarationError{r.MetaFile, r.Meta.Line, fmt.Errorf("meta() lacks %s", strings.Join(lacks, ", ")), form}
	}
	for _, err := range [...]error{bundle.CheckName(r.Meta.Author + "/" + r.Meta.Name), bundle.CheckVersion(r.Meta.Version)} {
		var name *bundle.NameError
		if errors.As(err, &name) {
			return &DeclarationError{r.MetaFile, r.Meta.Line, err, name.Advice}
		}
	}
	return nil
}

// narrow compares what the bundle declares with what its scripts use, but for its tests: these run against a demo server.
func (r *Review) narrow() error {
	for _, report := range r.Reports {
		if !report.Script || isTest(report.File) {
			continue
		}
		lists := [][]check.Use{report.Needs.Capabilities}
		if slices.ContainsFunc(r.Meta.Needs, isProduct) {
			lists = append(lists, report.Needs.Products)
		}
		for _, uses := range lists {
			for _, use := range uses {
				if !slices.Contains(r.Meta.Needs, use.Name) {
					return &DeclarationError{r.MetaFile, r.Meta.Line,
						fmt.Errorf("needs lacks %q, which %s uses by %s", use.Name, report.File, use.By), "add it to needs"}
				}
			}
		}
	}
	return nil
}

func isProduct(need string) bool {
	return slices.Contains([]string{"response", "protection", "defense"}, need)
}

func isTest(file string) bool { return strings.HasSuffix(file, "_test.star") }

// loads collects the bundles that the files load.
func (r *Review) loads() {
	for _, report := range r.Reports {
		for _, use := range report.Needs.Modules {
			if strings.HasPrefix(use.File, "bundle:") { // what it loads is that bundle's affair
				continue
			}
			if name, _, ok := bundle.SplitModule(use.Name); ok {
				r.Loads = append(r.Loads, name)
			}
		}
	}
	slices.Sort(r.Loads)
	r.Loads = slices.Compact(r.Loads)
}

// Manifest is what the declaration says, without requirements and files.
func (r *Review) Manifest() bundle.Manifest {
	return bundle.Manifest{Name: r.Meta.Author + "/" + r.Meta.Name, Version: r.Meta.Version, Description: r.Meta.Description,
		Needs: slices.Compact(slices.Sorted(slices.Values(r.Meta.Needs)))}
}

// Bundle reviews a bundle that somebody else has made, as strictly as one's own: the check, and that its manifest says what
// its scripts say. Errors are those of [Files].
func Bundle(ctx context.Context, b *bundle.Bundle, o check.Options) (*Review, error) {
	r, err := Files(ctx, b.Files(), o)
	if err != nil {
		return r, err
	}
	said, is := r.Manifest(), b.Manifest()
	differs := func(what string, manifest, meta any) (*Review, error) {
		return r, &DeclarationError{r.MetaFile, r.Meta.Line, fmt.Errorf("the %s in the bundle's manifest is %q, in meta() it is %q", what, manifest, meta),
			"it was not made by cbscript pack: ask its author"}
	}
	switch {
	case said.Name != is.Name:
		return differs("name", is.Name, said.Name)
	case said.Version != is.Version:
		return differs("version", is.Version, said.Version)
	case said.Description != is.Description:
		return differs("description", is.Description, said.Description)
	case !slices.Equal(said.Needs, is.Needs):
		return differs("list of needs", is.Needs, said.Needs)
	}
	required := []string{}
	for _, req := range is.Requires {
		required = append(required, req.Name)
	}
	if !slices.Equal(required, append([]string{}, r.Loads...)) {
		return differs("list of required bundles", required, append([]string{}, r.Loads...))
	}
	return r, nil
}
