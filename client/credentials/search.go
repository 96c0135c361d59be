package credentials

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/cbscript/cbscript/client/nearest"
	"github.com/cbscript/cbscript/client/pathcause"
)

// ProfileEnv names the environment variable that names the profile to use when none is asked for.
const ProfileEnv = "CBSCRIPT_PROFILE"

// DefaultProfile is the profile that is used when none is asked for.
const DefaultProfile = "default"

// Options say which profile is wanted and where to look. Nothing is read from the process: a directory that is empty
// is not searched, and a nil Getenv is an empty environment. See [System].
type Options struct {
	Product Product  // required
	Profile string   // default $CBSCRIPT_PROFILE, then "default"
	Files   []string // exactly these files, in this order, instead of the search path
	System  string   // directory of the machine's files, usually /etc/carbonblack
	Home    string   // the user's home directory, whose .carbonblack is searched
	WorkDir string   // the working directory, whose .carbonblack is searched, and which relative paths start from
	Getenv  func(string) string
	Warn    func(Warning) // told what is odd about files and profiles that are used nevertheless; nil drops it
}

// System gives the options of a command: the machine's files, the user's home and working directory, and the
// environment of this process. It fails when the working directory is not known.
func System(product Product) (Options, error) {
	workDir, err := os.Getwd()
	if err != nil {
		return Options{}, &Error{Product: product, Message: "the working directory is not known", Err: err}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "" // as for a service without one: its profiles are the machine's
	}
	return Options{Product: product, System: "/etc/carbonblack", Home: home, WorkDir: workDir, Getenv: os.Getenv}, nil
}

// Path is the list of files that are searched, in order: a later one overrides an earlier one.
func (o Options) Path() []string {
	var path []string
	if o.Files != nil {
		for _, file := range o.Files {
			path = append(path, o.absolute(file))
		}
		return path
	}
	name := "credentials." + string(o.Product)
	if o.System != "" {
		path = append(path, filepath.Join(o.System, name))
	}
	for _, dir := range []string{o.Home, o.WorkDir} {
		if dir == "" {
			continue
		}
		if file := filepath.Join(dir, ".carbonblack", name); !slices.Contains(path, file) {
			path = append(path, file)
		}
	}
	return path
}

func (o Options) absolute(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(o.WorkDir, file)
}

func (o Options) profileName() string {
	name := o.Profile
	if name == "" && o.Getenv != nil {
		name = o.Getenv(ProfileEnv)
	}
	return cmp.Or(name, DefaultProfile)
}

func (o Options) warn(w Warning) {
	if o.Warn != nil {
		o.Warn(w)
	}
}

// Find gives the profile that is asked for, from the last file that has one of that name. Every failure is an
// [*Error]: a file that cannot be understood, no such profile, or one that cannot be used.
func Find(o Options) (Profile, error) {
	documents, searched, err := o.read()
	if err != nil {
		return Profile{}, err
	}
	name := o.profileName()
	for i, d := range slices.Backward(documents) {
		s, ok := d.section(name)
		if !ok {
			continue
		}
		p, err := s.profile(o.Product, d.file, o.WorkDir, o.warn)
		if err != nil {
			return Profile{}, explainHidden(err, documents[:i], name)
		}
		return p, nil
	}
	return Profile{}, o.notFound(name, searched)
}

// explainHidden adds to the fault of an incomplete profile that one of the same name in an earlier file does not
// complete it.
func explainHidden(err error, earlier []*document, name string) error {
	var e *Error
	if !errors.As(err, &e) || e.Key != "" {
		return err
	}
	for _, d := range slices.Backward(earlier) {
		if _, ok := d.section(name); ok {
			e.Advice = fmt.Sprintf("this profile hides the whole profile of that name in %s, since keys are not merged between "+
				"files: complete it, rename it, or remove it", d.file)
			break
		}
	}
	return err
}

// notFound tells where was looked and what was there.
func (o Options) notFound(name string, searched []Searched) error {
	e := &Error{Product: o.Product, Profile: name, Searched: searched,
		Message: fmt.Sprintf("no %s profile %q", o.Product.Title(), name)}
	var names []string
	for _, s := range searched {
		names = append(names, s.Profiles...)
	}
	e.Nearest = nearest.Name(name, names)
	switch {
	case e.Nearest != "":
		e.Advice = fmt.Sprintf("did you mean %q?", e.Nearest)
	case len(names) == 0:
		e.Advice = "`cbscript configure` writes a profile"
	default:
		e.Advice = "name one of the profiles that there are, or write one with `cbscript configure`"
	}
	return e
}

// Found is a profile that was found, usable or not.
type Found struct {
	Profile Profile // as far as it could be read; Name, File and Product always
	Hidden  bool    // a later file has a profile of this name, which is used instead
	Err     error   // why it cannot be used, or nil; an [*Error]
}

// List gives all profiles of a product, in the order of the files and within them, the hidden ones too. A profile
// that cannot be used is listed with its fault; it fails only when a whole file cannot be understood.
func List(o Options) ([]Found, error) {
	documents, _, err := o.read()
	if err != nil {
		return nil, err
	}
	var found []Found
	for i, d := range documents {
		for _, s := range d.profiles {
			p, err := s.profile(o.Product, d.file, o.WorkDir, o.warn)
			found = append(found, Found{Profile: p, Err: err, Hidden: slices.ContainsFunc(documents[i+1:], func(d *document) bool {
				_, ok := d.section(s.name)
				return ok
			})})
		}
	}
	return found, nil
}

// read parses the files that are there.
func (o Options) read() (documents []*document, searched []Searched, err error) {
	if err := o.Product.check(); err != nil {
		return nil, nil, err
	}
	for _, file := range o.Path() {
		s := Searched{File: file, State: Read}
		data, err := o.readFile(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.State = Missing
		case err != nil && o.Files == nil && errors.Is(err, fs.ErrPermission):
			s.State = Unreadable // the machine's file may be for others only
			o.warn(Warning{File: file, Message: "cannot be read, ignored: permission denied"})
		case err != nil:
			return nil, nil, &Error{Product: o.Product, File: file, Message: "cannot be read", Err: pathcause.Of(err)}
		default:
			d, err := parse(file, data)
			if err != nil {
				return nil, nil, err
			}
			for _, p := range d.profiles {
				s.Profiles = append(s.Profiles, p.name)
			}
			documents = append(documents, d)
		}
		searched = append(searched, s)
	}
	return documents, searched, nil
}

// maxFile is the size of the largest file that is read. Profiles are a few hundred bytes each.
const maxFile = 1 << 20

func (o Options) readFile(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("is larger than %d KiB", maxFile>>10)
	}
	if info, err := f.Stat(); err == nil && tooOpen(info, runtime.GOOS) {
		o.warn(Warning{File: file, Message: fmt.Sprintf(
			"is open to others than its owner (mode %#o): chmod 600 it, since it holds tokens", info.Mode().Perm())})
	}
	return data, nil
}

// tooOpen reports whether others than its owner may read or change a file: who changes it can have the token sent to
// another server. On Windows the mode does not tell.
func tooOpen(info fs.FileInfo, system string) bool {
	return system != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0
}
