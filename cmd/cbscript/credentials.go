package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/credentials"
)

// credentialOptions say where the profiles of a product are looked for: in files if any are named, else on the search
// path. A file whose name ends in ".response", ".protection" or ".defense" holds that product's profiles only.
func (p *program) credentialOptions(product credentials.Product, files []string) credentials.Options {
	o := credentials.Options{
		Product: product,
		System:  p.machine,
		Home:    p.home,
		WorkDir: p.workDir,
		Getenv:  p.getenv,
		Warn:    func(w credentials.Warning) { p.warn(w.String()) },
	}
	if len(files) > 0 {
		o.Files = []string{}
	}
	for _, file := range files {
		if other := productOf(file); other == "" || other == product {
			o.Files = append(o.Files, file)
		}
	}
	return o
}

// productOf is the product that a credential file's name ends in, or "".
func productOf(file string) credentials.Product {
	ending := credentials.Product(strings.TrimPrefix(filepath.Ext(file), "."))
	if slices.Contains(credentials.Products(), ending) {
		return ending
	}
	return ""
}

// credentialsFlag adds --credentials.
func credentialsFlag(cmd *cobra.Command, files *[]string) {
	cmd.Flags().StringArrayVar(files, "credentials", nil,
		"read profiles from this `FILE` instead of the usual ones; a name ending in .response, "+
			".protection or .defense is for that product only (may be repeated)")
}

// completeProfiles offers the names of the profiles of every product to a shell.
func (p *program) completeProfiles(files *[]string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, product := range credentials.Products() {
			o := p.credentialOptions(product, *files)
			o.Warn = nil
			found, err := credentials.List(o)
			if err != nil {
				continue // a broken file completes to nothing; using it says why
			}
			for _, f := range found {
				if !f.Hidden && f.Err == nil {
					names = append(names, f.Profile.Name+"\t"+f.Profile.URL)
				}
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}
