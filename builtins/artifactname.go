package builtins

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names in a folder of artifacts that a host keeps for itself: no artifact has one of them, in whatever case.
const (
	ManifestName  = "manifest.jsonl"          // tells what the artifacts are
	SignatureName = ManifestName + ".minisig" // signs that
	PartPrefix    = ".cbscript-"              // begins the name of a file that is being written
)

const (
	maxArtifactName    = 1024 // bytes of a whole name
	maxArtifactSegment = 200  // bytes of a part between slashes; file systems take 255, and a host may add a suffix
)

// CheckArtifactName reports why a name cannot be given to a file on every system: it has parts that are empty, "." or
// "..", that end in a dot or a space, that are names of devices on Windows, or that hold a backslash, a colon, a
// wildcard, a control character or one that is not shown; or the host keeps it for itself. Parts are separated by slashes.
func CheckArtifactName(name string) error {
	if name == "" || len(name) > maxArtifactName {
		return fmt.Errorf("got a name of %d bytes, want 1 to %d", len(name), maxArtifactName)
	}
	if !utf8.ValidString(name) {
		return fmt.Errorf("got %q, which is not UTF-8", name)
	}
	for segment := range strings.SplitSeq(name, "/") {
		if reason := badSegment(segment); reason != "" {
			return fmt.Errorf("got %q: %s", name, reason)
		}
	}
	if first, _, _ := strings.Cut(name, "/"); kept(first) {
		return fmt.Errorf("got %q: the host keeps this name for itself", name)
	}
	return nil
}

// kept reports whether a system may take a name for one that the host keeps. Beyond the names themselves these are the
// short names that Windows gives them ("MANIFE~1.JSO"), and names with letters that some file systems take for others,
// such as the Kelvin sign for a k.
func kept(segment string) bool {
	plain := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				if f <= unicode.MaxASCII {
					return unicode.ToLower(f)
				}
			}
		}
		return unicode.ToLower(r)
	}, segment)
	plain = strings.NewReplacer("\ufb05", "st", "\ufb06", "st").Replace(plain)
	return plain == ManifestName || plain == SignatureName || strings.HasPrefix(plain, PartPrefix) || strings.HasPrefix(plain, "manife~")
}

func badSegment(segment string) string {
	switch {
	case segment == "":
		return `it has an empty part: no "/" at an end, and no two in a row`
	case segment == "." || segment == "..":
		return fmt.Sprintf("it has the part %q", segment)
	case len(segment) > maxArtifactSegment:
		return fmt.Sprintf("a part has %d bytes, want at most %d", len(segment), maxArtifactSegment)
	case strings.HasSuffix(segment, ".") || strings.HasSuffix(segment, " ") || strings.HasPrefix(segment, " "):
		return "a part begins with a space, or ends in a space or a dot"
	}
	for _, r := range segment {
		if strings.ContainsRune(`\:*?"<>|`, r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return fmt.Sprintf("it has the character %q", r)
		}
	}
	stem, _, _ := strings.Cut(segment, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	if device(stem) {
		return fmt.Sprintf("%q is the name of a device on Windows", stem)
	}
	return ""
}

// device reports whether Windows takes an upper-case name for a device, whatever follows after a dot.
func device(stem string) bool {
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	number, isPort := strings.CutPrefix(stem, "COM")
	if !isPort {
		number, isPort = strings.CutPrefix(stem, "LPT")
	}
	return isPort && utf8.RuneCountInString(number) == 1 && strings.ContainsAny(number, "0123456789¹²³")
}
