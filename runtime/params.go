package runtime

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client/nearest"
	"github.com/cbscript/cbscript/runtime/output"
	"github.com/spf13/pflag"
)

// maxParamFile bounds the file that a parameter of type "file" reads.
const maxParamFile = 64 << 20

// Values are the parameters that a user gave. A nil Values holds none.
type Values struct {
	texts map[string][]string
}

// flags returns the parameters as flags, whose values go into values. An underscore in a name may be written as a dash.
func (d *Description) flags(values *Values) *pflag.FlagSet {
	set := pflag.NewFlagSet("parameters", pflag.ContinueOnError)
	set.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(flagName(name))
	})
	set.SortFlags = false
	for _, p := range d.Params {
		f := set.VarPF(&paramFlag{p.Parameter, values}, flagName(p.Name), "", p.Help)
		if p.Type == "bool" {
			f.NoOptDefVal = "true"
		}
	}
	return set
}

func flagName(name string) string { return strings.ReplaceAll(name, "_", "-") }

// Usage returns the help on the parameters, one a line, or an empty string when there are none.
func (d *Description) Usage() string {
	width := 0
	for _, p := range d.Params {
		width = max(width, len(p.head()))
	}
	var b strings.Builder
	for _, p := range d.Params {
		line := fmt.Sprintf("  %-*s  %s", width, p.head(), p.explanation())
		b.WriteString(output.VisibleLine(strings.TrimRight(line, " ")) + "\n")
	}
	return b.String()
}

// head is the flag with the name of its type.
func (p Param) head() string {
	if p.Type == "bool" {
		return "--" + flagName(p.Name)
	}
	return "--" + flagName(p.Name) + " " + p.Type
}

// explanation is the help on a parameter, with what can be given.
func (p Param) explanation() string {
	text := p.Help
	add := func(note string) { text = strings.TrimSpace(text + " " + note) }
	if len(p.Choices) > 0 {
		add("(one of " + strings.Join(p.Choices, ", ") + ")")
	}
	switch {
	case p.Required:
		add("(required)")
	case p.Computed && p.Default == "":
		add("(default: computed)")
	case p.Default != "" && p.Default != "False":
		add("(default: " + p.Default + ")")
	}
	return text
}

// Parse reads the parameters from arguments such as --days=7, as they stand after -- on the command line. A parameter of
// type "file" names a file, which is read. Errors are a [*UsageError] that names the flag, its value and what it wants;
// -h and --help give pflag.ErrHelp.
func (d *Description) Parse(args []string) (*Values, error) {
	values := &Values{texts: make(map[string][]string)}
	set := d.flags(values)
	set.Usage = func() {}
	set.SetOutput(io.Discard)
	err := set.Parse(args)
	var usage *UsageError
	switch {
	case errors.Is(err, pflag.ErrHelp), errors.As(err, &usage):
		return nil, err
	case err != nil:
		return nil, d.flagError(err)
	}
	if set.NArg() > 0 {
		return nil, &UsageError{
			Err:    fmt.Errorf("the script takes no argument %q", set.Arg(0)),
			Advice: "parameters are given as --name=value; --help lists them",
		}
	}
	for _, p := range d.Params {
		if err := p.validate(values.texts[p.Name]); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// validate reads what the user gave for a parameter, nil for nothing.
func (p Param) validate(texts []string) error {
	flag := "--" + flagName(p.Name)
	if texts == nil {
		if p.Required {
			e := &UsageError{Err: fmt.Errorf("%s is required", flag)}
			if p.Help != "" {
				e.Advice = flag + ": " + p.Help
			}
			return e
		}
		return nil
	}
	err := p.check(texts)
	var wrong *builtins.ParameterError
	if errors.As(err, &wrong) {
		return &UsageError{Err: fmt.Errorf("%s: %s", flag, wrong.Reason), Advice: p.Help}
	}
	return err
}

// flagError explains an error of pflag.
func (d *Description) flagError(err error) error {
	e := &UsageError{Err: err, Advice: "--help lists the parameters of the script"}
	var unknown *pflag.NotExistError
	var valueless *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		e.Err = fmt.Errorf("the script has no parameter --%s", name)
		if unknown.GetSpecifiedShortnames() != "" {
			e.Err = fmt.Errorf("the script has no parameter -%s", name)
		}
		var names []string
		for _, p := range d.Params {
			names = append(names, flagName(p.Name))
		}
		if near := nearest.Name(name, names); near != "" {
			e.Advice = "did you mean --" + near + "?"
		}
	case errors.As(err, &valueless):
		e.Err = fmt.Errorf("--%s needs a value", valueless.GetSpecifiedName())
	}
	return e
}

// paramFlag collects what a flag is set to.
type paramFlag struct {
	p      builtins.Parameter
	values *Values
}

// Set takes one value.
func (f *paramFlag) Set(text string) error {
	if f.p.Type == "file" {
		contents, err := readParam(text)
		if err != nil {
			return &UsageError{Err: fmt.Errorf("--%s: %w", flagName(f.p.Name), err)}
		}
		text = contents
	}
	f.values.texts[f.p.Name] = append(f.values.texts[f.p.Name], text)
	return nil
}

// String is the current value, which pflag shows nowhere.
func (f *paramFlag) String() string { return "" }

// Type is what the help calls the value.
func (f *paramFlag) Type() string { return f.p.Type }

// readParam reads the file that a user named.
func readParam(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", name, pathCause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxParamFile+1))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, pathCause(err))
	}
	if len(data) > maxParamFile {
		return "", fmt.Errorf("%s is larger than %s", name, bytesText(maxParamFile))
	}
	return string(data), nil
}

// get returns what was given for a parameter.
func (v *Values) get(name string) ([]string, bool) {
	if v == nil {
		return nil, false
	}
	texts, ok := v.texts[name]
	return slices.Clone(texts), ok
}

// NewValues makes values of texts by the name of the parameter, for a program that has no command line.
func NewValues(texts map[string][]string) *Values {
	v := &Values{texts: make(map[string][]string, len(texts))}
	for name, t := range texts {
		v.texts[name] = slices.Clone(t)
	}
	return v
}

// Texts gives the texts by the name of the parameter, as NewValues takes them. They are the caller's.
func (v *Values) Texts() map[string][]string {
	texts := make(map[string][]string)
	if v == nil {
		return texts
	}
	for name, t := range v.texts {
		texts[name] = slices.Clone(t)
	}
	return texts
}
