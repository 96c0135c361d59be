package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/bundle/pack"
	"github.com/cbscript/cbscript/runtime/bundle/registry"
	"github.com/cbscript/cbscript/runtime/check"
	"github.com/cbscript/cbscript/runtime/servers"
)

// bundleOptions are the flags that say which bundles scripts can load.
type bundleOptions struct {
	lock          string
	requireSigned bool
}

// lockFlag adds the flag that names the lock file.
func lockFlag(cmd *cobra.Command, o *bundleOptions) {
	cmd.Flags().StringVar(&o.lock, "lock", "", "the lock `FILE` of bundles (default the nearest cbscript.lock, in the same directory or above)")
}

// signedFlag adds the flag that refuses bundles without a trusted signature.
func signedFlag(cmd *cobra.Command, o *bundleOptions) {
	cmd.Flags().BoolVar(&o.requireSigned, "require-signed", false, "refuse bundles that are not signed by a key you trust")
}

// bundleFlags add both.
func bundleFlags(cmd *cobra.Command, o *bundleOptions) {
	lockFlag(cmd, o)
	signedFlag(cmd, o)
}

// registryFlag adds the flag that names a registry.
func registryFlag(cmd *cobra.Command, place *string) {
	cmd.Flags().StringVar(place, "registry", "", "the `REGISTRY` of bundles: the address of an OCI registry, or a directory (default $CBSCRIPT_REGISTRY)")
}

// bundleScheme is what stands before the name of a script in a bundle.
const bundleScheme = "bundle:"

// trustFile is the file of trusted keys; empty for a user without a home directory.
func (p *program) trustFile() string {
	dir := p.configDir()
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "trusted-keys")
}

// lockFile is the lock file for what is in a directory.
func (p *program) lockFile(o bundleOptions, dir string) string {
	if o.lock != "" {
		return p.opened(o.lock)
	}
	file := bundle.FindLock(p.path(dir), p.home)
	if near, err := filepath.Rel(p.workDir, file); p.here && err == nil && filepath.IsLocal(near) {
		return near
	}
	return file
}

// changing keeps other programs of this user from changing a file, until release is called.
func (p *program) changing(ctx context.Context, file string) (release func(), err error) {
	data := p.dataDir()
	if data == "" {
		return func() {}, nil // whoever needs the directory says that there is none
	}
	return bundle.Exclusive(ctx, filepath.Join(data, "bundles", "locks"), file)
}

// loader makes the loader of the bundles that are locked for what is in a directory.
func (p *program) loader(o bundleOptions, dir string) (*bundle.Loader, error) {
	data := p.dataDir()
	if data == "" {
		return nil, usage("set $HOME, or $XDG_DATA_HOME", "there is no home directory, so that no bundles are installed")
	}
	lock, err := bundle.ReadLock(p.lockFile(o, dir))
	if err != nil {
		return nil, err
	}
	trust := &bundle.Trust{}
	if file := p.trustFile(); file != "" {
		var warning string
		if trust, warning, err = bundle.ReadTrust(file); err != nil {
			return nil, err
		}
		if warning != "" {
			p.warn(warning)
		}
	}
	return &bundle.Loader{Store: bundle.NewStore(filepath.Join(data, "bundles")), Lock: lock, Trust: trust, RequireSigned: o.requireSigned}, nil
}

// installedBundles reads the files of the bundles that are locked for what is in a directory, for the check: each is verified, and
// none is run.
func (p *program) installedBundles(o bundleOptions, dir string) func(name string) (fs.FS, error) {
	open := sync.OnceValues(func() (*bundle.Loader, error) { return p.loader(o, dir) })
	return func(name string) (fs.FS, error) {
		loader, err := open()
		if err != nil {
			return nil, err
		}
		b, _, err := loader.Load(name)
		if err != nil {
			return nil, err
		}
		return b.Files(), nil
	}
}

// reviewOptions are those of the review of other authors' bundles.
func (p *program) reviewOptions(files []string) check.Options {
	return check.Options{Surface: servers.NewSurface(), Known: p.knownValues(files), AllowNames: true}
}

// lazyBundles are the bundles that scripts load. The lock file, the trusted keys and the profiles are read when a script
// first loads one: most load none.
type lazyBundles struct {
	open func() (*pack.Reviewed, error)
}

var _ runtime.Bundles = (*lazyBundles)(nil)

// bundles gives scripts in a directory their bundles. With trust, one that the review refuses is loaded all the same.
func (p *program) bundles(o bundleOptions, dir string, trust bool, host hostOptions) *lazyBundles {
	return &lazyBundles{sync.OnceValues(func() (*pack.Reviewed, error) {
		loader, err := p.loader(o, dir)
		if err != nil {
			return nil, err
		}
		log := p.logger(host.verbose)
		reviewed := &pack.Reviewed{Loader: loader, Check: p.reviewOptions(host.files), Refused: refuseBundle,
			Loaded: func(b *bundle.Bundle, v bundle.Verdict) {
				log.Debug("loading a bundle", "bundle", b.Ref().String(), "digest", string(b.Digest()), "signature", v.String())
			}}
		if trust {
			reviewed.Refused = p.trustBundle
		}
		return reviewed, nil
	})}
}

// Files gives the files of a bundle.
func (b *lazyBundles) Files(ctx context.Context, name string) (fs.FS, error) {
	reviewed, err := b.open()
	if err != nil {
		return nil, err
	}
	return reviewed.Files(ctx, name)
}

// needs gives what a bundle declares that it needs.
func (b *lazyBundles) needs(name string) ([]string, error) {
	reviewed, err := b.open()
	if err != nil {
		return nil, err
	}
	of, _, err := reviewed.Loader.Load(name)
	if err != nil {
		return nil, err
	}
	return of.Manifest().Needs, nil
}

// refuseBundle refuses a bundle, and says how to use it all the same.
func refuseBundle(_ bundle.Ref, err error) error {
	return &refusal{err.Error(), strings.TrimSpace(hintOf(err) + " --trust uses it as it is.")}
}

// trustBundle takes a bundle that is refused, and says so.
func (p *program) trustBundle(_ bundle.Ref, err error) error {
	p.warn(err.Error() + "\nit is used all the same: --trust")
	return nil
}

// openBundled opens a script that is in a bundle: name is "bundle:author/name/file.star".
func (p *program) openBundled(ctx context.Context, name string, bundles *lazyBundles) (*runtime.Script, error) {
	of, file, ok := bundle.SplitModule(strings.TrimPrefix(name, bundleScheme))
	if !ok {
		return nil, usage("as in bundle:acme/hunts/net.star", "%q names no script of a bundle", name)
	}
	files, err := bundles.Files(ctx, of)
	if err != nil {
		return nil, err
	}
	source, err := fs.ReadFile(files, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage("cbscript list "+of+" shows its files", "the bundle %s has no file %q", of, file)
	}
	if err != nil {
		return nil, err
	}
	return &runtime.Script{Name: name, Source: string(source), Files: files, Path: file}, nil
}

// openRegistry opens a registry, by the flag or the environment.
func (p *program) openRegistry(place string) (*registry.Registry, error) {
	if place == "" {
		place = p.getenv("CBSCRIPT_REGISTRY")
	}
	if place == "" {
		return nil, usage("as in --registry ghcr.io/acme/cbscript, or --registry ./bundles for a directory", "no registry is named: neither by --registry nor by $CBSCRIPT_REGISTRY")
	}
	if dir, ok := registry.Directory(place); ok {
		place = "dir:" + p.opened(dir)
	}
	return registry.Open(place, registry.Options{DockerConfig: p.dockerConfig(), UserAgent: "cbscript"})
}

// dockerConfig is the file in which docker login keeps the credentials of registries; empty for a user without a home
// directory.
func (p *program) dockerConfig() string {
	switch dir := p.getenv("DOCKER_CONFIG"); {
	case dir != "":
		return filepath.Join(p.path(dir), "config.json")
	case p.home != "":
		return filepath.Join(p.home, ".docker", "config.json")
	}
	return ""
}

// refs reads the names of bundles with their versions.
func (p *program) refs(ctx context.Context, r *registry.Registry, texts []string) ([]bundle.Ref, error) {
	var refs []bundle.Ref
	for _, text := range texts {
		ref, err := bundle.ParseRef(text)
		if err != nil && bundle.CheckName(text) == nil {
			versions, listErr := r.Versions(ctx, text)
			if listErr != nil {
				return nil, listErr
			}
			return nil, usage(fmt.Sprintf("published are %s", strings.Join(versions, ", ")), "%q: name the version, as in %s@1.2.0", text, text)
		}
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}
