package scripttest

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/output"
)

// WriteText writes a line for each test, the reports and the output of those that failed, and a last line with the
// counts. verbose adds the output of all.
func (r *Report) WriteText(w io.Writer, verbose bool) error {
	var b strings.Builder
	for _, result := range r.Results {
		b.WriteString(result.line())
		if result.Err != nil {
			b.WriteString(indent(runtime.Report(result.Err)))
		}
		if result.Output != "" && (verbose || result.Err != nil) {
			b.WriteString("    output:\n" + indent(output.Visible(result.Output)))
		}
	}
	fmt.Fprintf(&b, "%d tests, %d failed\n", len(r.Results), r.Failed())
	_, err := io.WriteString(w, b.String())
	return err
}

// line is such as "ok    hunts/net_test.star test_mounts (12ms)".
func (r Result) line() string {
	status := "ok  "
	if r.Err != nil {
		status = "FAIL"
	}
	name := filepath.ToSlash(r.File)
	if r.Name != "" {
		name += " " + r.Name
	}
	return fmt.Sprintf("%s  %s (%v)\n", status, output.VisibleLine(name), r.Took.Round(time.Millisecond))
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}

// The elements of a JUnit report, as far as its readers agree on them.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes the report as JUnit's XML, one test suite for each file.
func (r *Report) WriteJUnit(w io.Writer) error {
	all := junitSuites{Tests: len(r.Results), Failures: r.Failed()}
	var total time.Duration
	var took []time.Duration // by suite
	for _, result := range r.Results {
		file := filepath.ToSlash(result.File)
		if n := len(all.Suites); n == 0 || all.Suites[n-1].Name != file {
			all.Suites = append(all.Suites, junitSuite{Name: file})
			took = append(took, 0)
		}
		suite := &all.Suites[len(all.Suites)-1]
		c := junitCase{Name: result.Name, Class: file, Time: seconds(result.Took), Output: output.Visible(result.Output)}
		if c.Name == "" {
			c.Name = "load"
		}
		if result.Err != nil {
			suite.Failures++
			text := runtime.Report(result.Err)
			first, _, _ := strings.Cut(text, "\n")
			c.Failure = &junitFailure{Message: first, Text: text}
		}
		suite.Tests++
		suite.Cases = append(suite.Cases, c)
		took[len(took)-1] += result.Took
		suite.Time = seconds(took[len(took)-1])
		total += result.Took
	}
	all.Time = seconds(total)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
