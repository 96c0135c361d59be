package check

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Dialect is the language of scripts: sets, control flow and reassignment at the top level, and recursion, but no
// while loops.
func Dialect() *syntax.FileOptions {
	return &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}
}

// ErrTooLarge is the error for a script above 1 MiB, which is not parsed.
var ErrTooLarge = errors.New("script is larger than 1 MiB")

// Script judges one script. name is used in findings and is not opened. A script that does not parse has a finding of
// the rule "syntax" with the place, and its text is still searched for credentials, with less context.
//
// The error is ErrTooLarge, or nil: everything else about the script is in the report.
func Script(name string, src []byte, opts Options) (Report, error) {
	if len(src) > maxScriptSize {
		return Report{}, fmt.Errorf("check %q: %w", name, ErrTooLarge)
	}
	known := newKnownSearch(opts.Known)
	return script(name, src, opts, known), nil
}

func script(name string, src []byte, opts Options, known *knownSearch) Report {
	r := Report{File: name, Script: true}
	text, null := sourceText(src)
	comments := findComments(text)
	file, err := parse(name, text)
	w := &walker{}
	if err == nil {
		err = resolve.File(file, opts.predeclaredIn(name), starlark.Universe.Has)
		w = newWalker(file)
		w.file(file)
	}
	j := newJudge(opts, known, w.uses, comments)
	j.raw(string(src))
	for _, it := range w.items {
		j.item(it)
	}
	for _, b := range commentBlocks(comments) {
		j.comment(b)
	}
	if file == nil {
		j.unparsed(text)
	}
	j.decide()
	j.write(&r, findWaivers(text, comments))
	if err != nil {
		reportSyntax(&r, err, j.secrets())
	}
	if null >= 0 {
		line, column := lineIndex(text).position(text, null)
		r.add(line, column, ruleSyntax, "a NUL character: the interpreter would take it for the end of the script", "")
	}
	if file != nil && err == nil {
		inspect(&r, file, opts, j.secrets())
	}
	reportShort(&r, known)
	r.sort()
	return r
}

// parse gives the syntax tree of a text, if it is not too deep to be walked.
func parse(name, text string) (*syntax.File, error) {
	file, err := Dialect().Parse(name, text, 0)
	if err != nil {
		return nil, err
	}
	if pos, deep := tooDeep(file.Stmts); deep {
		return nil, syntax.Error{Pos: pos, Msg: fmt.Sprintf("the statement is nested more than %d deep", maxDepth)}
	}
	return file, nil
}

// sourceText gives the text as the interpreter's parser reads it: line ends are newlines. The parser stops at a NUL
// character; the text has a blank in its place, so that what follows is judged as well, and null is its offset, or -1.
func sourceText(src []byte) (text string, null int) {
	text = string(src)
	if strings.Contains(text, "\r") {
		text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	}
	null = strings.IndexByte(text, 0)
	return strings.ReplaceAll(text, "\x00", " "), null
}

// reportShort says which known values were not looked for.
func reportShort(r *Report, known *knownSearch) {
	for _, label := range known.short {
		r.add(0, 0, ruleKnownShort, fmt.Sprintf("the %s has fewer than %d characters and was not looked for", label, minKnown), "")
	}
}

// reportSyntax turns each error of the parser or resolver into a finding.
func reportSyntax(r *Report, err error, secrets []string) {
	var parse syntax.Error
	var names resolve.ErrorList
	switch {
	case errors.As(err, &parse):
		r.add(int(parse.Pos.Line), int(parse.Pos.Col), ruleSyntax, scrub(parse.Msg, secrets), "")
	case errors.As(err, &names):
		for _, e := range names {
			r.add(int(e.Pos.Line), int(e.Pos.Col), ruleSyntax, scrub(e.Msg, secrets), "")
		}
	default:
		r.add(0, 0, ruleSyntax, scrub(err.Error(), secrets), "")
	}
}

// raw looks for known values in the text as it is.
func (j *judge) raw(text string) {
	lines := lineIndex(text)
	for _, h := range j.known.inBytes([]byte(text)) {
		var f found
		f.line, f.column = lines.position(text, h.offset)
		f.first, f.last = f.line, f.line
		f.secret = text[h.offset:h.end]
		j.addKnown(f, h.label, h.name, h.via)
	}
}

// unparsed judges the text of a script that does not parse.
func (j *judge) unparsed(text string) {
	lines := lineIndex(text)
	for _, h := range scan(text, fileText) {
		f := found{secret: text[h.start:h.end], rule: h.rule, message: j.say(h.rule, h.why, "")}
		f.line, f.column = lines.position(text, h.start)
		f.first, f.last = f.line, f.line
		if h.rule == "" {
			if h.sense != credential {
				continue
			}
			f.rule = ruleForShape(h.shape)
			f.message = j.say(f.rule, h.why, "")
		}
		j.add(f)
	}
}

func (j *judge) secrets() []string {
	out := make([]string, 0, len(j.found))
	for _, f := range j.found {
		if f.secret != "" && f.rule != rulePrivateKey {
			out = append(out, f.secret)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return out
}

// write turns what was found into findings, each place and secret once, and applies the waivers.
func (j *judge) write(r *Report, waivers []waiver) {
	secrets := j.secrets()
	for _, f := range distinct(j.found) {
		switch {
		case f.rule == rulePrivateKey:
			f.excerpt = f.secret // its first line, which is no secret
		case f.known != "":
			f.excerpt = "… (not shown)" // the label says which it is
		default:
			f.excerpt = redact(f.secret)
		}
		r.add(f.line, f.column, f.rule, scrub(f.message, secrets), f.excerpt)
		if reason, ok := waive(f, waivers); ok {
			last := len(r.Findings) - 1
			r.Waived = append(r.Waived, Waived{r.Findings[last], scrub(reason, secrets)})
			r.Findings = r.Findings[:last]
		}
	}
	for _, w := range waivers {
		w.rule = scrub(w.rule, secrets)
		reportWaiver(r, w)
	}
}

// waive reports whether a waiver allows the finding, and its reason.
func waive(f found, waivers []waiver) (string, bool) {
	for i, w := range waivers {
		if w.rule != f.rule || w.reason == "" || !ruleByID(w.rule).Waivable {
			continue
		}
		for _, t := range w.targets {
			if t == f.line || t >= f.first && t <= f.last {
				waivers[i].used = true
				return w.reason, true
			}
		}
	}
	return "", false
}

func reportWaiver(r *Report, w waiver) {
	rule := ruleByID(w.rule)
	switch {
	case rule.ID == "":
		r.add(w.line, w.column, ruleWaiverRule, fmt.Sprintf("there is no rule %q", w.rule), "")
	case !rule.Waivable:
		r.add(w.line, w.column, ruleWaiverRefused, fmt.Sprintf("rule %q allows no exception", w.rule), "")
	case w.reason == "":
		r.add(w.line, w.column, ruleWaiverReason, fmt.Sprintf("the waiver of rule %q has no reason", w.rule), "")
	case !w.used:
		r.add(w.line, w.column, ruleWaiverUnused, fmt.Sprintf("no finding of rule %q here", w.rule), "")
	}
}

// distinct keeps one finding for each secret in each place: the first in the order of the rules.
func distinct(all []found) []found {
	rank := map[string]int{}
	for i, r := range Rules() {
		rank[r.ID] = i
	}
	slices.SortStableFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(rank[a.rule], rank[b.rule]), cmp.Compare(len(b.secret), len(a.secret)))
	})
	var out []found
	begin := 0 // where the findings of the current line begin in out
	for _, f := range all {
		if len(out) > 0 && out[len(out)-1].line != f.line {
			begin = len(out)
		}
		if !slices.ContainsFunc(out[begin:], func(o found) bool { return covers(o, f) }) {
			out = append(out, f)
		}
	}
	return out
}

func ambiguousRule(id string) bool {
	switch id {
	case ruleResponseToken, ruleProtectionToken, ruleBareHex, ruleBareGUID, ruleHexKey, ruleAssigned:
		return true
	}
	return false
}

// covers reports whether a finding says what another one of the same line would say again.
func covers(o, f found) bool {
	if o.rule == ruleKnownValue && (o.column == f.column || o.known == f.known) {
		return true
	}
	if o.column == f.column && (o.made || f.made) && (o.rule == f.rule || ambiguousRule(o.rule) && ambiguousRule(f.rule)) {
		return true // what a literal shows and what is computed from it
	}
	return o.secret != "" && f.secret != "" && (strings.Contains(o.secret, f.secret) || strings.Contains(f.secret, o.secret))
}
