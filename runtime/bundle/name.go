package bundle

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/semver"
)

// Limits of a bundle. They bound what reading one costs.
const (
	MaxSize     = 16 << 20 // bytes of a bundle
	MaxFiles    = 1000     // files in it
	maxFileName = 100      // bytes of a file's name, which is what a plain tar header holds
	maxDepth    = 16       // folders above a file
	maxPart     = 64       // bytes of an author, of a name, and of a version
)

// A Ref names one version of a bundle.
type Ref struct {
	Name    string // "author/name"
	Version string // of semantic versioning, such as "1.2.0"
}

// String gives the form that [ParseRef] reads: "author/name@1.2.0".
func (r Ref) String() string { return r.Name + "@" + r.Version }

// ParseRef reads "author/name@version". Errors are a [*NameError].
func ParseRef(text string) (Ref, error) {
	name, version, ok := strings.Cut(text, "@")
	if !ok {
		return Ref{}, &NameError{text, "it has no version", "write it as author/name@1.2.0"}
	}
	if err := CheckName(name); err != nil {
		return Ref{}, err
	}
	if err := CheckVersion(version); err != nil {
		return Ref{}, err
	}
	return Ref{name, version}, nil
}

// A NameError says why a text cannot be the name of a bundle, of its version or of one of its files.
type NameError struct {
	Text   string
	Reason string
	Advice string // what to do
}

// Error quotes the text and gives the reason.
func (e *NameError) Error() string { return fmt.Sprintf("%q: %s", e.Text, e.Reason) }

// Kind is "UsageError".
func (e *NameError) Kind() string { return "UsageError" }

// Hint says how such names look.
func (e *NameError) Hint() string { return e.Advice }

// part is an author or a name: what may stand in the path of an OCI registry, and in a load.
var part = compiled(`^[a-z0-9]+(?:[._-][a-z0-9]+)*$`)

// compiled is a regular expression that is compiled when it is first used: a program starts without it.
func compiled(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// CheckName checks the name of a bundle, "author/name". The authors "cb" and "std" are refused, since load means the host
// and the standard library by them. The error is a [*NameError].
func CheckName(name string) error {
	author, own, ok := strings.Cut(name, "/")
	if !ok {
		return &NameError{name, "a bundle is named by its author and its name", "write it as author/name"}
	}
	for _, p := range [...]string{author, own} {
		if len(p) > maxPart || !part().MatchString(p) || isDevice(p) {
			return &NameError{name, fmt.Sprintf("%q cannot be an author or a name", p),
				"lower-case letters and digits, with single dots, dashes and underscores between them, at most 64"}
		}
	}
	if author == "cb" || author == "std" {
		return &NameError{name, fmt.Sprintf("%q is not an author: load means the program's own modules by it", author), "choose another name for the author"}
	}
	return nil
}

// CheckVersion checks a version: three numbers of semantic versioning, and a pre-release if need be. Build metadata is
// refused, as tags of registries cannot hold it. The error is a [*NameError].
func CheckVersion(version string) error {
	v := "v" + version
	if len(version) > maxPart || !semver.IsValid(v) || semver.Canonical(v) != v {
		return &NameError{version, "it is not a version", "three numbers, as in 1.2.0, or a pre-release as in 1.2.0-beta.1"}
	}
	return nil
}

// CompareVersions orders versions: negative when a is older than b.
func CompareVersions(a, b string) int { return semver.Compare("v"+a, "v"+b) }

// SplitModule splits the name in a load, "author/name/file.star", into the bundle and the file. ok is false for a text
// that names no file of a bundle.
func SplitModule(module string) (name, file string, ok bool) {
	parts := strings.SplitN(module, "/", 3)
	if len(parts) < 3 {
		return "", "", false
	}
	name, file = parts[0]+"/"+parts[1], parts[2]
	return name, file, CheckName(name) == nil && checkFile(file) == nil
}

// fileSegment is a folder or a file: what every system can store, and no shell or option parser takes for something else.
var fileSegment = compiled(`^[A-Za-z0-9_+@][A-Za-z0-9_+@.-]*$`)

// checkFile checks the name of a file in a bundle.
func checkFile(name string) error {
	fail := func(reason, advice string) error { return &NameError{name, reason, advice} }
	switch {
	case !fs.ValidPath(name) || name == ".":
		return fail("it is not a path inside the bundle", "paths are relative, with slashes, and without . and ..")
	case len(name) > maxFileName:
		return fail(fmt.Sprintf("the path is longer than %d bytes", maxFileName), "shorten it")
	case strings.Count(name, "/") >= maxDepth:
		return fail(fmt.Sprintf("the path has more than %d folders", maxDepth), "move it up")
	}
	for segment := range strings.SplitSeq(name, "/") {
		switch {
		case strings.HasPrefix(segment, "."):
			return fail("it is a hidden file", "move it out of the directory, or rename it: a bundle holds every file of its directory")
		case !fileSegment().MatchString(segment) || strings.HasSuffix(segment, "."):
			return fail(fmt.Sprintf("%q is not a name that every system can store", segment), "letters, digits and _ + @ . - only")
		case isDevice(segment):
			return fail(fmt.Sprintf("Windows knows a device by the name %q", segment), "rename it")
		}
	}
	return nil
}

// isDevice reports whether Windows takes a file name for a device, whatever its extension.
func isDevice(segment string) bool {
	base, _, _ := strings.Cut(strings.ToLower(segment), ".")
	if slices.Contains([]string{"con", "prn", "aux", "nul"}, base) {
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "com") || strings.HasPrefix(base, "lpt")) && base[3] >= '0' && base[3] <= '9'
}

// checkFiles checks the names of a bundle's files, sorted, each by itself and all together: no two may be one file on a
// system that does not tell case, and none may be a file here and a folder there.
func checkFiles(names []string) error {
	if len(names) > MaxFiles {
		return &NameError{names[MaxFiles], fmt.Sprintf("it is one file too many: a bundle holds at most %d", MaxFiles), "split the directory"}
	}
	seen := map[string]string{strings.ToLower(manifestName): manifestName} // by the name in lower case, how it was written
	for _, name := range names {
		if err := checkFile(name); err != nil {
			return err
		}
		if other, ok := seen[strings.ToLower(name)]; ok {
			return &NameError{name, fmt.Sprintf("it is the same name as %q on some systems", strings.TrimSuffix(other, "/")), "rename one of them"}
		}
		seen[strings.ToLower(name)] = name
		for i := range name {
			if name[i] != '/' {
				continue
			}
			folder := name[:i] + "/"
			if other, ok := seen[strings.ToLower(name[:i])]; ok && other != folder {
				return &NameError{name, fmt.Sprintf("its folder is the same name as %q on some systems", strings.TrimSuffix(other, "/")), "rename one of them"}
			}
			seen[strings.ToLower(name[:i])] = folder
		}
	}
	return nil
}
