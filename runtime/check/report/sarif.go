package report

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/runtime/check"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string       `json:"id"`
	Short   sarifText    `json:"shortDescription"`
	Help    sarifText    `json:"help"`
	Default sarifDefault `json:"defaultConfiguration"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

// SARIF writes the reports as a SARIF 2.1.0 log of one run. version is that of cbscript; "" leaves it out. Findings
// that the script itself allows are results with a suppression, so that a code host shows them as such.
func SARIF(w io.Writer, reports []check.Report, version string) error {
	rules := check.Rules()
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "cbscript check", Version: version}
	for _, r := range rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: r.ID, Short: sarifText{r.What}, Help: sarifText{r.Remedy}, Default: sarifDefault{r.Severity.String()},
		})
	}
	for _, r := range reports {
		for _, f := range r.Findings {
			run.Results = append(run.Results, resultOf(f, rules))
		}
		for _, f := range r.Waived {
			res := resultOf(f.Finding, rules)
			res.Suppressions = []sarifSuppression{{"inSource", f.Reason}}
			run.Results = append(run.Results, res)
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

func resultOf(f check.Finding, rules []check.Rule) sarifResult {
	message := f.Message
	if f.Excerpt != "" {
		message += ": " + f.Excerpt
	}
	res := sarifResult{
		RuleID: f.Rule, RuleIndex: slices.IndexFunc(rules, func(r check.Rule) bool { return r.ID == f.Rule }),
		Level: f.Severity.String(), Message: sarifText{message + ". " + f.Remedy},
	}
	at := sarifPhysical{Artifact: sarifArtifact{uri(f.File)}}
	if f.Line > 0 {
		at.Region = &sarifRegion{f.Line, f.Column}
	}
	res.Locations = []sarifLocation{{at}}
	return res
}

// uri gives a path as a relative or file URI reference.
func uri(name string) string {
	slashed := filepath.ToSlash(name)
	if filepath.IsAbs(name) {
		return fileURI(slashed)
	}
	return (&url.URL{Path: slashed}).String()
}

// fileURI gives the URI of an absolute path with slashes. A drive of Windows stands behind a slash, or it would be a host.
func fileURI(slashed string) string {
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(slashed, "/")}).String()
}
