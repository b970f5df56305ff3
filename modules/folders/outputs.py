"""What the folders page shows."""

from core import FormState, Fragment, Sentence
from modules.folders.module import folders_page, module
from modules.mail.api import FolderPage


@module.output(folders_page.body)
def show_folders(page: FolderPage, form: FormState) -> Fragment:
    """Every mailbox with its forms."""
    return Fragment.titled("folders/folders.html", Sentence("Folders"), page=page, form=form)


@module.output(folders_page.data)
def tell_folders(page: FolderPage) -> FolderPage:
    """The same for scripts."""
    return page
