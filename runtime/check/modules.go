package check

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.starlark.net/resolve"
)

// bundleScheme stands before the names of files of bundles: a file beside the script may have the same path.
const bundleScheme = "bundle:"

// unreadModule is a module whose text could not be read, and why.
type unreadModule struct {
	use Use
	err error
}

// loadModules adds the needs of the modules that the script loads, and of those that they load.
func (c *collector) loadModules() {
	seen := map[string]bool{}
	bundles := map[string]fs.FS{}
	queue := slices.Clone(c.needs.Modules)
	for len(queue) > 0 {
		use := queue[0]
		queue = queue[1:]
		if seen[use.Name] {
			continue
		}
		seen[use.Name] = true
		inner, err := c.parseModule(use.Name, bundles)
		if err != nil {
			c.needs.Unread = append(c.needs.Unread, use.Name)
			c.unread = append(c.unread, unreadModule{use, err})
			continue
		}
		c.merge(inner.needs)
		queue = append(queue, inner.needs.Modules...)
	}
	slices.Sort(c.needs.Unread)
}

// parseModule reads one module. bundles are those that were opened before.
func (c *collector) parseModule(module string, bundles map[string]fs.FS) (*collector, error) {
	name, folder, root := module, moduleFolder(module), ""
	var (
		src []byte
		err error
	)
	if bundle, file, ok := bundleFile(module); ok {
		name, folder, root = bundleScheme+module, path.Dir(module), bundle
		src, err = c.bundled(bundle, file, bundles)
	} else if c.opts.Load == nil {
		err = errNoSource
	} else {
		src, err = c.opts.Load(module)
	}
	if err != nil {
		return nil, err
	}
	text, _ := sourceText(src)
	file, err := parse(name, text)
	if err != nil {
		return nil, err
	}
	if err := resolve.File(file, c.opts.predeclared, universal); err != nil {
		return nil, err
	}
	return collect(name, folder, root, file, c.opts), nil
}

// bundleFile divides the name of a file of a bundle, "author/name/file.star".
func bundleFile(module string) (bundle, file string, ok bool) {
	parts := strings.SplitN(module, "/", 3)
	if len(parts) < 3 || relativeModule(module) || parts[0] == "cb" || parts[0] == "std" || !isScript(module) || !fs.ValidPath(module) {
		return "", "", false
	}
	return parts[0] + "/" + parts[1], parts[2], true
}

// bundled gives the text of a file of an installed bundle.
func (c *collector) bundled(bundle, file string, bundles map[string]fs.FS) ([]byte, error) {
	if c.opts.Bundle == nil {
		return nil, errNoSource
	}
	files, known := bundles[bundle]
	if !known {
		var err error
		if files, err = c.opts.Bundle(bundle); err != nil {
			return nil, err
		}
		bundles[bundle] = files
	}
	f, err := files.Open(file)
	if err != nil {
		return nil, fmt.Errorf("the bundle %s has no file %q", bundle, file)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxScriptSize+1))
	if err == nil && len(src) > maxScriptSize {
		err = ErrTooLarge
	}
	return src, err
}

func relativeModule(module string) bool {
	return strings.HasPrefix(module, "./") || strings.HasPrefix(module, "../")
}

func moduleFolder(module string) string {
	if relativeModule(module) {
		return path.Dir(module)
	}
	return "."
}

// moduleName is how a load of the file is named in the lists: from the script's folder, or from the top of a bundle.
func (c *collector) moduleName(module string) string {
	switch at := path.Join(c.folder, module); {
	case !relativeModule(module):
		return module
	case c.root == "":
		return "./" + at
	case strings.HasPrefix(at, c.root+"/"):
		return at
	}
	return module // it leaves the bundle, which the run refuses
}

// reportUnread says which files of bundles could not be read.
func (c *collector) reportUnread(r *Report, secrets []string) {
	if c.opts.Bundle == nil {
		return
	}
	for _, u := range c.unread {
		if _, _, ok := bundleFile(u.use.Name); !ok {
			continue
		}
		line, column := u.use.Line, u.use.Column
		message := fmt.Sprintf("%s was not read, so that it is not known what it needs: %v", u.use.Name, u.err)
		if u.use.File != r.File {
			line, column = 0, 0
			message += fmt.Sprintf(" (%s loads it in line %d)", u.use.File, u.use.Line)
		}
		r.add(line, column, ruleModuleUnread, scrub(message, secrets), "")
	}
}
