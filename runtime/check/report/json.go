package report

import (
	"encoding/json"
	"io"

	"github.com/cbscript/cbscript/runtime/check"
)

// formatVersion is raised when a field of the JSON form changes its meaning or goes.
const formatVersion = 1

type document struct {
	Version int    `json:"version"`
	OK      bool   `json:"ok"`
	Files   []file `json:"files"`
}

type file struct {
	File     string    `json:"file"`
	Script   bool      `json:"script"`
	OK       bool      `json:"ok"`
	Findings []finding `json:"findings"`
	Waived   []finding `json:"waived"`
	Needs    *needs    `json:"needs,omitempty"`
	Meta     *meta     `json:"meta,omitempty"`
}

type finding struct {
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Excerpt  string `json:"excerpt,omitempty"`
	Remedy   string `json:"remedy"`
	Reason   string `json:"reason,omitempty"`
}

type needs struct {
	Products     []use    `json:"products"`
	Capabilities []use    `json:"capabilities"`
	Parameters   []use    `json:"parameters"`
	Modules      []use    `json:"modules"`
	Models       []use    `json:"models"`
	Unread       []string `json:"unread"`
	Everything   bool     `json:"everything"`
}

type use struct {
	Name   string `json:"name"`
	By     string `json:"by"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type meta struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Author      string   `json:"author"`
	Description string   `json:"description"`
	Needs       []string `json:"needs"`
}

// JSON writes the reports as one indented object: version 1 of the format, whether all files are free of errors, and
// the files with their findings, waivers, needs and declaration. Lines and columns count from 1; 0 means the whole
// file. Lists are never null, but for the needs of a declaration that names none.
func JSON(w io.Writer, reports []check.Report) error {
	doc := document{Version: formatVersion, OK: true, Files: []file{}}
	for _, r := range reports {
		doc.OK = doc.OK && r.OK()
		doc.Files = append(doc.Files, fileOf(r))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func fileOf(r check.Report) file {
	f := file{File: r.File, Script: r.Script, OK: r.OK(), Findings: []finding{}, Waived: []finding{}}
	for _, x := range r.Findings {
		f.Findings = append(f.Findings, findingOf(x, ""))
	}
	for _, x := range r.Waived {
		f.Waived = append(f.Waived, findingOf(x.Finding, x.Reason))
	}
	if r.Script {
		n := r.Needs
		f.Needs = &needs{usesOf(n.Products), usesOf(n.Capabilities), usesOf(n.Parameters), usesOf(n.Modules),
			usesOf(n.Models), append([]string{}, n.Unread...), n.Everything}
	}
	if m := r.Meta; m != nil {
		f.Meta = &meta{m.Name, m.Version, m.Author, m.Description, m.Needs}
	}
	return f
}

func findingOf(f check.Finding, reason string) finding {
	return finding{f.Line, f.Column, f.Rule, f.Severity.String(), f.Message, f.Excerpt, f.Remedy, reason}
}

func usesOf(list []check.Use) []use {
	out := []use{}
	for _, u := range list {
		out = append(out, use{u.Name, u.By, u.File, u.Line, u.Column})
	}
	return out
}
